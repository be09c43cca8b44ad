using System.Buffers;
using HttpQuery.CacheKeys.Buffers;

namespace HttpQuery.CacheKeys.Normalization;

/// <summary>Runs a normalizer of the application on the whole content (docs/cache-key.md §6, domain 0x40).</summary>
internal sealed class CustomNormalizer(IQueryContentNormalizer normalizer) : ContentNormalizer
{
    private readonly PooledByteBuffer _content = new();
    private IBufferWriter<byte>? _output;
    private bool _isTooLong;

    public override void Start(IBufferWriter<byte> output)
    {
        _content.Clear();
        _isTooLong = false;
        _output = output;

        using var head = new PooledByteBuffer();
        head.WriteByte(ContentDomain.Custom);
        var name = head.BeginLengthPrefixed();
        head.WriteText(normalizer.Name);
        head.EndLengthPrefixed(name);
        output.Write(head.Span);
    }

    public override bool Append(ReadOnlySpan<byte> bytes)
    {
        _isTooLong |= bytes.Length > normalizer.MaximumContentLength - _content.Length;
        if (!_isTooLong) _content.Write(bytes);
        return !_isTooLong;
    }

    public override bool Complete(out byte domain)
    {
        domain = ContentDomain.Custom;
        return !_isTooLong && normalizer.TryNormalize(_content.Span, _output!);
    }

    public override void Dispose()
    {
        _content.Dispose();
        base.Dispose();
    }
}
