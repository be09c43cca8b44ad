using System.Diagnostics;

namespace HttpQuery.RequestBody;

/// <summary>The bytes of content, which can be sent any number of times.</summary>
internal sealed class BufferedContent(byte[] bytes, HttpContent original) : ByteArrayContent(bytes), IReplacementContent
{
    /// <summary>Makes a request send these bytes in place of its content, with the headers of that content.</summary>
    /// <remarks>Content that is read by <see cref="HttpContent.ReadAsByteArrayAsync()"/> keeps these bytes forever: a caller that reuses an
    /// array would then send its old bytes. The array may also change while the request waits.</remarks>
    public static void Replace(HttpRequestMessage request, HttpContent content, byte[] bytes)
    {
        var replacement = new BufferedContent(bytes, content);
        foreach (var (name, values) in content.Headers.NonValidated) replacement.Headers.TryAddWithoutValidation(name, values);
        request.Content = replacement;
    }

    public HttpContent Original => original;

    public bool IsSpent => false;

    public bool IsReplayable => true;

    public QueryContentNotReplayableException CreateException() => throw new UnreachableException();
}
