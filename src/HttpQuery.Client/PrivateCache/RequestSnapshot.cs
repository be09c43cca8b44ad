using HttpQuery.Caching;
using Microsoft.Extensions.Primitives;

namespace HttpQuery.PrivateCache;

/// <summary>A request as it was looked up. Handlers below the cache change the message or send a copy, so what was answered is compared with this.</summary>
internal sealed class RequestSnapshot
{
    private static readonly string[] ContentFields = ["Content-Type", "Content-Encoding", "Content-Language", "Content-Location"];

    private readonly PrivateCacheOptions _options;
    private readonly string[] _names;

    private RequestSnapshot(HttpRequestMessage message, in RequestTarget target, string? cookies, PrivateCacheOptions options, string[] names)
    {
        (_options, _names) = (options, names);
        (Method, Target, Cookies, Content) = (GetMethod(message), target, cookies, message.Content);
        (User, Fields) = (RequestUser.From(message, names, options.Partition), HeaderSnapshot.Create(message.Headers, message.Content?.Headers));
    }

    public string Method { get; }

    public RequestTarget Target { get; }

    public RequestUser User { get; }

    public StoredFields Fields { get; }

    /// <summary>The cookies of the transport's container.</summary>
    public string? Cookies { get; }

    /// <summary>The content that is sent.</summary>
    public HttpContent? Content { get; set; }

    /// <summary>The bytes of the content; <see langword="null"/> if it was not read, so that nothing is stored.</summary>
    public ReadOnlyMemory<byte>? Bytes { get; set; }

    /// <summary>Whether other content is sent than was looked up: nothing is stored then.</summary>
    public bool IsChanged { get; set; }

    public static RequestSnapshot Create(HttpRequestMessage message, in RequestTarget target, string? cookies, PrivateCacheOptions options, string[] names) =>
        new(message, target, cookies, options, names);

    /// <summary>The method as SocketsHttpHandler sends it: HttpMethod compares without case, and known methods go out in upper case.</summary>
    public static string GetMethod(HttpRequestMessage message) => HttpMethod.Parse(message.Method.Method).Method;

    /// <summary>The request as the cache takes it.</summary>
    /// <param name="partition">Separates the cache from others in the same store; empty if there are none.</param>
    /// <param name="isBackground">Whether the request revalidates a response in the background.</param>
    /// <param name="isUserUncertain">Whether a handler below may add a credential.</param>
    public CacheRequest ToCacheRequest(byte[] partition, bool isBackground, bool isUserUncertain) => new()
    {
        Method = Method,
        Scheme = Target.Scheme,
        Authority = Target.Authority,
        Target = Target.Target,
        Fields = Fields,
        Content = Bytes is { } bytes ? new(bytes) : null,
        Partition = partition.Length == 0 ? User.ComputeDigest(Cookies, Target) : [.. partition, .. User.ComputeDigest(Cookies, Target)],
        Normalizations = _options.Normalizations,
        IsBackground = isBackground,
        IsUserUncertain = isUserUncertain,
    };

    /// <summary>Returns the user of a message, or <see langword="null"/> if <see cref="PrivateCacheOptions.Partition"/> throws.</summary>
    public RequestUser? GetUser(HttpRequestMessage message)
    {
        try
        {
            return RequestUser.From(message, _names, _options.Partition);
        }
        catch (Exception)
        {
            // The response is there by now: it is the caller's, and not stored.
            return null;
        }
    }

    /// <summary>Whether a message asks the same server for the same.</summary>
    public bool HasSameTarget(HttpRequestMessage message) => RequestTarget.TryRead(message, out var target) && target == Target && GetMethod(message) == Method;

    /// <summary>Whether a message that leaves the last handler asks for the same, with the same content. The server may be another one, as service discovery chooses it.</summary>
    public bool IsSameRequest(HttpRequestMessage message) =>
        RequestTarget.TryRead(message, out var target) && target.Target == Target.Target && GetMethod(message) == Method && IsSameContent(message.Content);

    // A copy by a retry handler has the same bytes. Streams can be read only once: the message that was answered is judged later.
    private bool IsSameContent(HttpContent? content)
    {
        if (ReferenceEquals(content, Content) || Bytes is not { } bytes || content is StreamContent) return true;
        if (content is not (ByteArrayContent or ReadOnlyMemoryContent)) return content is null && bytes.IsEmpty;
        using var copy = new MemoryStream();
        content.CopyTo(copy, null, default);
        return copy.GetBuffer().AsSpan(0, (int)copy.Length).SequenceEqual(bytes.Span);
    }

    /// <summary>Whether messages ask the same server for the same, with the same content.</summary>
    public async ValueTask<bool> IsSameAsync(HttpRequestMessage[] messages)
    {
        foreach (var message in messages)
        {
            if (!HasSameTarget(message) || !await IsSameContentAsync(message).ConfigureAwait(false)) return false;
        }
        return true;
    }

    // The bytes, and what is said of them.
    private async ValueTask<bool> IsSameContentAsync(HttpRequestMessage message)
    {
        if (Bytes is not { } bytes) return true;
        if (message.Content is null) return bytes.IsEmpty;
        foreach (var name in ContentFields)
        {
            if (GetLines(message, name) != Fields[name]) return false;
        }
        if (ReferenceEquals(message.Content, Content)) return true;

        // Content of other kinds may be readable only once, or never end.
        if (message.Content is not (ByteArrayContent or ReadOnlyMemoryContent or StreamContent) || (message.Content.Headers.ContentLength is { } length && length != bytes.Length)) return false;
        try
        {
            return (await message.Content.ReadAsByteArrayAsync().ConfigureAwait(false)).AsSpan().SequenceEqual(bytes.Span);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or InvalidOperationException or NotSupportedException)
        {
            return false;
        }
    }

    /// <summary>Whether the headers of a message that left have what the response varies by, as they were looked up.</summary>
    /// <remarks>Accept-Encoding is left out: automatic decompression adds it to every request alike.</remarks>
    public bool IsSameVariant(StoredFields fields, HttpResponseMessage response)
    {
        if (!response.Headers.NonValidated.TryGetValues("Vary", out var vary) || !VaryRules.TryParse(vary.ToArray(), out var names)) return true;
        foreach (var name in names)
        {
            if (name.Equals("Accept-Encoding", StringComparison.OrdinalIgnoreCase)) continue;
            if (VaryRules.Normalize(name, fields[name]) != VaryRules.Normalize(name, Fields[name])) return false;
        }
        return true;
    }

    private static StringValues GetLines(HttpRequestMessage message, string name)
    {
        StringValues lines = default;
        if (message.Headers.NonValidated.TryGetValues(name, out var values)) lines = values.ToArray();
        return message.Content?.Headers.NonValidated.TryGetValues(name, out values) is true ? StringValues.Concat(lines, values.ToArray()) : lines;
    }
}
