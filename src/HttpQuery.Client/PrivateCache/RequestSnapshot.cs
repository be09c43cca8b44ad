using HttpQuery.Caching;
using HttpQuery.Caching.Engine;
using HttpQuery.Caching.Headers;
using HttpQuery.Caching.Rules;
using Microsoft.Extensions.Primitives;

namespace HttpQuery.PrivateCache;

/// <summary>A request as it was at the lookup, to compare later messages with.</summary>
/// <remarks>Handlers below the cache change the message, or send a copy.</remarks>
internal sealed class RequestSnapshot
{
    private static readonly string[] ContentHeaders = ["Content-Type", "Content-Encoding", "Content-Language", "Content-Location"];

    private readonly PrivateCacheOptions _options;
    private readonly string[] _names;

    private RequestSnapshot(
        HttpRequestMessage message, in RequestTarget target, string? cookies, PrivateCacheOptions options, string[] names)
    {
        (_options, _names) = (options, names);
        (Method, Target, Cookies, Content) = (GetMethod(message), target, cookies, message.Content);
        (User, Headers) =
            (RequestUser.From(message, names, options.Partition), HeaderSnapshot.Create(message.Headers, message.Content?.Headers));
    }

    public string Method { get; }

    public RequestTarget Target { get; }

    public RequestUser User { get; }

    public HeaderCollection Headers { get; }

    /// <summary>The cookies that the transport adds from its container.</summary>
    public string? Cookies { get; }

    /// <summary>The content that is sent.</summary>
    public HttpContent? Content { get; set; }

    /// <summary>The bytes of the content. If they were not read, this is <see langword="null"/> and nothing is stored.</summary>
    public ReadOnlyMemory<byte>? Bytes { get; set; }

    public static RequestSnapshot Create(
        HttpRequestMessage message, in RequestTarget target, string? cookies, PrivateCacheOptions options, string[] names) =>
        new(message, target, cookies, options, names);

    /// <summary>Returns the method as SocketsHttpHandler sends it.</summary>
    /// <remarks>HttpMethod compares without case, and known methods are sent in upper case.</remarks>
    public static string GetMethod(HttpRequestMessage message) => HttpMethod.Parse(message.Method.Method).Method;

    /// <summary>Returns the request in the form that the cache expects.</summary>
    /// <param name="partition">Separates the cache from others in the same store. Empty if there are none.</param>
    /// <param name="isBackground">Whether the request revalidates a response in the background.</param>
    /// <param name="isUserUncertain">Whether a handler below may add a credential.</param>
    public CacheRequest ToCacheRequest(byte[] partition, bool isBackground, bool isUserUncertain) => new()
    {
        Method = Method,
        Scheme = Target.Scheme,
        Authority = Target.Authority,
        Target = Target.Target,
        Headers = Headers,
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
            // The caller gets the response that has already arrived. It is not stored.
            return null;
        }
    }

    /// <summary>Tells whether a message has the same server, target and method.</summary>
    public bool HasSameTarget(HttpRequestMessage message) =>
        RequestTarget.TryRead(message, out var target) && target == Target && GetMethod(message) == Method;

    /// <summary>Tells whether a message that leaves the last handler has the same target, method and content.</summary>
    /// <remarks>The server may differ, because service discovery chooses it.</remarks>
    public bool IsSameRequest(HttpRequestMessage message) =>
        RequestTarget.TryRead(message, out var target) && target.Target == Target.Target
        && GetMethod(message) == Method && IsSameContent(message.Content);

    // A copy by a retry handler has the same bytes. Streams can be read only once, so they are compared when the response arrives.
    private bool IsSameContent(HttpContent? content)
    {
        if (ReferenceEquals(content, Content) || Bytes is not { } bytes || content is StreamContent) return true;
        if (content is not (ByteArrayContent or ReadOnlyMemoryContent)) return content is null && bytes.IsEmpty;
        using var copy = new MemoryStream();
        content.CopyTo(copy, null, default);
        return copy.GetBuffer().AsSpan(0, (int)copy.Length).SequenceEqual(bytes.Span);
    }

    /// <summary>Tells whether messages have the same server, target, method and content.</summary>
    public async ValueTask<bool> IsSameAsync(HttpRequestMessage[] messages)
    {
        foreach (var message in messages)
        {
            if (!HasSameTarget(message) || !await IsSameContentAsync(message).ConfigureAwait(false)) return false;
        }
        return true;
    }

    // Compares the bytes and the headers that describe them.
    private async ValueTask<bool> IsSameContentAsync(HttpRequestMessage message)
    {
        if (Bytes is not { } bytes) return true;
        if (message.Content is null) return bytes.IsEmpty;
        foreach (var name in ContentHeaders)
        {
            if (GetLines(message, name) != Headers[name]) return false;
        }
        if (ReferenceEquals(message.Content, Content)) return true;

        // Content of other kinds may be readable only once, or never end.
        if (message.Content is not (ByteArrayContent or ReadOnlyMemoryContent or StreamContent)) return false;
        if (message.Content.Headers.ContentLength is { } length && length != bytes.Length) return false;
        try
        {
            return (await message.Content.ReadAsByteArrayAsync().ConfigureAwait(false)).AsSpan().SequenceEqual(bytes.Span);
        }
        catch (Exception exception)
            when (exception is HttpRequestException or IOException or InvalidOperationException or NotSupportedException)
        {
            return false;
        }
    }

    /// <summary>Tells whether the headers of an outgoing message match the lookup in all headers that <c>Vary</c> names.</summary>
    /// <remarks>Accept-Encoding is not compared: automatic decompression adds the same value to every request.</remarks>
    public bool IsSameVariant(HeaderCollection headers, HttpResponseMessage response)
    {
        if (!response.Headers.NonValidated.TryGetValues("Vary", out var vary)) return true;
        if (!VaryRules.TryParse(vary.ToArray(), out var names)) return true;
        foreach (var name in names)
        {
            if (name.Equals("Accept-Encoding", StringComparison.OrdinalIgnoreCase)) continue;
            if (VaryRules.Normalize(name, headers[name]) != VaryRules.Normalize(name, Headers[name])) return false;
        }
        return true;
    }

    private static StringValues GetLines(HttpRequestMessage message, string name)
    {
        StringValues lines = default;
        if (message.Headers.NonValidated.TryGetValues(name, out var values)) lines = values.ToArray();
        return message.Content?.Headers.NonValidated.TryGetValues(name, out values) is true
            ? StringValues.Concat(lines, values.ToArray())
            : lines;
    }
}
