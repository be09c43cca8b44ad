using System.Buffers;
using System.Text;
using HttpQuery.CacheKeys.Normalization;

namespace HttpQuery.Protocol.Tests.Support;

/// <summary>What a normalization made of a content: the domain and the octets, or nothing where it was refused.</summary>
internal sealed record Normalized(byte Domain, string Octets)
{
    /// <summary>Normalizes the content in one piece.</summary>
    public static Normalized? Of(ContentNormalizer normalization, ReadOnlySpan<byte> content) =>
        Of(normalization, content, content.Length);

    /// <summary>Normalizes the UTF-8 of a text in one piece.</summary>
    public static Normalized? Of(ContentNormalizer normalization, string text) => Of(normalization, Encoding.UTF8.GetBytes(text));

    /// <summary>Normalizes the content in pieces whose lengths are those given, in turn.</summary>
    public static Normalized? Of(ContentNormalizer normalization, ReadOnlySpan<byte> content, params ReadOnlySpan<int> lengths)
    {
        var output = new ArrayBufferWriter<byte>();
        normalization.Start(output);
        var (isTaken, piece) = (true, 0);
        while (!content.IsEmpty)
        {
            var length = Math.Clamp(lengths[piece++ % lengths.Length], 1, content.Length);
            isTaken = normalization.Append(content[..length]);
            content = content[length..];
        }

        if (!normalization.Complete(out var domain)) return null;
        Assert.True(isTaken, "Complete takes what Append refused.");
        Assert.Equal(domain, output.WrittenSpan[0]);
        return new(domain, Encoding.Latin1.GetString(output.WrittenSpan[1..]));
    }

    /// <summary>The octets as UTF-8.</summary>
    public string Text => Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(Octets));
}
