using System.Buffers;

namespace HttpQuery.CacheKeys.Normalization;

/// <summary>JSON without insignificant whitespace and with every string spelled one way (docs/cache-key.md, section 6.1).</summary>
/// <remarks>
/// <para>Reads bytes in blocks of 64 (<see cref="JsonBlock"/>); the rest of a piece waits for the next piece. Up to 64 blocks at a time go
/// through two passes. The first pass writes the text to the output, without whitespace and with escapes rewritten, and records the
/// positions of tokens (<c>.Text.cs</c>, <c>.Escapes.cs</c>). The second pass goes from token to token and checks the grammar
/// (<c>.Grammar.cs</c>, <c>.Scalars.cs</c>) and the names (<see cref="MemberNameSet"/>).</para>
/// <para>Between calls, both passes keep only their state and the names of open objects.</para>
/// </remarks>
internal sealed partial class JsonNormalizer : ContentNormalizer
{
    // The bytes of one pass: few enough for the first-level cache, and for positions of two bytes.
    private const int PassLength = 64 * JsonBlock.Length;

    private readonly byte[] _rest = new byte[JsonBlock.Length];
    private readonly MemberNameSet _names = new();
    private IBufferWriter<byte>? _output;
    private int _restLength;
    private int _length;
    private bool _isRefused;

    /// <inheritdoc/>
    public override void Start(IBufferWriter<byte> output)
    {
        _output = output;
        (_restLength, _length, _isRefused) = (0, 0, false);
        StartText();
        StartGrammar();
        output.GetSpan(1)[0] = ContentDomain.Json;
        output.Advance(1);
    }

    /// <inheritdoc/>
    public override bool Append(ReadOnlySpan<byte> bytes)
    {
        if (_isRefused) return false;
        if (bytes.Length > ContentLimits.Bytes - _length) return Refuse();
        _length += bytes.Length;

        if (_restLength > 0)
        {
            var taken = Math.Min(bytes.Length, _rest.Length - _restLength);
            bytes[..taken].CopyTo(_rest.AsSpan(_restLength));
            _restLength += taken;
            if (_restLength < _rest.Length) return true;
            bytes = bytes[taken..];
            _restLength = 0;
            if (!ReadBlocks(_rest)) return Refuse();
        }

        var whole = bytes.Length & -JsonBlock.Length;
        if (!ReadBlocks(bytes[..whole])) return Refuse();
        bytes[whole..].CopyTo(_rest);
        _restLength = bytes.Length - whole;
        return true;
    }

    /// <inheritdoc/>
    public override bool Complete(out byte domain)
    {
        domain = ContentDomain.Json;
        if (!_isRefused && _restLength > 0)
        {
            // Spaces are removed, except in an unterminated string, which is refused anyway.
            _rest.AsSpan(_restLength).Fill((byte)' ');
            _isRefused = !ReadBlocks(_rest);
        }

        _output = null;
        return !_isRefused && IsWhole;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _names.Dispose();
        ReturnStarts();
        base.Dispose();
    }

    private bool Refuse()
    {
        _isRefused = true;
        return false;
    }

    // Whole blocks only.
    private bool ReadBlocks(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            var pass = bytes[..Math.Min(bytes.Length, PassLength)];
            var text = _output!.GetSpan(pass.Length + TextSlack);

            // The code below writes without bounds checks.
            ArgumentOutOfRangeException.ThrowIfLessThan(text.Length, pass.Length + TextSlack);
            if (!WriteText(pass, text, out var read, out var written, out var starts)) return false;
            if (!CheckGrammar(text, written, starts)) return false;
            _output.Advance(written);
            bytes = bytes[read..];
        }

        return true;
    }
}
