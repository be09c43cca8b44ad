using System.Diagnostics;

namespace HttpQuery.RequestBody;

/// <summary>The bytes of serialized content, which can be sent any number of times.</summary>
internal sealed class BufferedContent(byte[] bytes, HttpContent original) : ByteArrayContent(bytes), IReplacementContent
{
    public HttpContent Original => original;

    public bool IsSpent => false;

    public bool IsReplayable => true;

    public QueryContentNotReplayableException CreateException() => throw new UnreachableException();
}
