using HttpQuery.RequestBody;

namespace HttpQuery.Equivalents;

/// <summary>The content of a GET that repeats a query. Shows, while no code has replaced the body, that the request is one.</summary>
internal sealed class EquivalentContent(EquivalentRequest request, ReadOnlyMemory<byte> bytes) : ReadOnlyStream
{
    private ReadOnlyMemory<byte> _rest = bytes;

    public EquivalentRequest Request => request;

    public override int Read(Span<byte> buffer)
    {
        var count = Math.Min(buffer.Length, _rest.Length);
        _rest.Span[..count].CopyTo(buffer);
        _rest = _rest[count..];
        return count;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));
}
