namespace HttpQuery;

/// <summary>A range of bytes, such as <c>0-499</c> (RFC 9110 §14.1.2).</summary>
/// <param name="First">The position of the first byte, from 0.</param>
/// <param name="Last">The position of the last byte, which is part of the range.</param>
public readonly record struct ByteRange(long First, long Last)
{
    /// <summary>The number of bytes.</summary>
    public long Length => Last - First + 1;
}
