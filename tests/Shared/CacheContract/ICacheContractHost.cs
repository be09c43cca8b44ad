namespace HttpQuery.Tests.Contracts;

/// <summary>A cache with a clock that stands still, a caller before it and an origin behind it: the shared cache of a server, the private cache of a client, or the engine alone.</summary>
/// <remarks>The cache is named HttpQuery, sends Cache-Status, and stores contents of 1,000 bytes at most.</remarks>
public interface ICacheContractHost : IAsyncDisposable
{
    /// <summary>Answers what is forwarded.</summary>
    Func<OriginRequest, Task<OriginResponse>> Origin { get; set; }

    /// <summary>What the origin has received.</summary>
    IReadOnlyList<OriginRequest> Received { get; }

    /// <summary>Whether a stale response to HEAD is asked for anew in the background, by GET.</summary>
    bool RevalidatesForHead { get; }

    /// <summary>Moves the clock.</summary>
    void Advance(TimeSpan time);

    /// <summary>Sends a request through the cache.</summary>
    /// <returns>The response; <see langword="null"/> if the host cannot send such a request.</returns>
    Task<ContractResponse?> SendAsync(ContractRequest request);
}

/// <summary>A request of a caller.</summary>
/// <param name="Method">The method.</param>
/// <param name="Target">Path and query, in the caller's spelling.</param>
/// <param name="Content">The content, one byte for each character; <see langword="null"/> for none.</param>
/// <param name="Headers">Lines such as <c>Accept: a/b</c>. Content-Length is added, unless Transfer-Encoding is among them.</param>
public sealed record ContractRequest(string Method, string Target, string? Content = null, params string[] Headers)
{
    /// <summary>Host and port, in the caller's spelling.</summary>
    public string Authority { get; init; } = "a.test";

    /// <summary>What identifies the user: one text or two; empty for a caller who is not known.</summary>
    public string[] User { get; init; } = [];
}

/// <summary>What a caller gets.</summary>
/// <param name="Status">The status code; 0 if no response came, or it was cut off.</param>
/// <param name="Headers">The headers, lines of one name joined.</param>
/// <param name="Content">The content, a character for each byte.</param>
public sealed record ContractResponse(int Status, IReadOnlyDictionary<string, string> Headers, string Content)
{
    /// <summary>No response, or one that was cut off.</summary>
    public static ContractResponse Failed { get; } = new(0, new Dictionary<string, string>(), "");

    /// <summary>The value of a header; empty if there is none.</summary>
    public string this[string name] => Headers.GetValueOrDefault(name, "");

    /// <summary>What the cache says of the request.</summary>
    public string CacheStatus => this["Cache-Status"];

    /// <summary>Status and content.</summary>
    public string Text => $"{Status} {Content}";
}

/// <summary>A request as the origin received it.</summary>
/// <param name="Method">The method.</param>
/// <param name="Authority">The value of Host.</param>
/// <param name="Target">The target in origin form.</param>
/// <param name="Headers">The headers, lines of one name joined.</param>
/// <param name="Content">The content, a character for each byte.</param>
public sealed record OriginRequest(string Method, string Authority, string Target, IReadOnlyDictionary<string, string> Headers, string Content)
{
    /// <summary>The value of a header; empty if there is none.</summary>
    public string this[string name] => Headers.GetValueOrDefault(name, "");

    /// <summary>Names of its headers that ask for something else than the whole response.</summary>
    public IEnumerable<string> Conditions => Headers.Keys.Where(name => name.StartsWith("If-", StringComparison.OrdinalIgnoreCase) || name.Equals("Range", StringComparison.OrdinalIgnoreCase));
}

/// <summary>What the origin answers.</summary>
/// <param name="Status">The status code.</param>
/// <param name="Content">The content, one byte for each character.</param>
/// <param name="Headers">Lines such as <c>ETag: "a"</c>. Content-Length is added.</param>
public sealed record OriginResponse(int Status, string Content, params string[] Headers)
{
    /// <summary>An origin that cannot be reached.</summary>
    public static OriginResponse Unreachable { get; } = new(0, "");

    /// <summary>Whether the content comes without its length.</summary>
    public bool IsChunked { get; init; }

    /// <summary>Whether the origin fails after half of the content.</summary>
    public bool IsCut { get; init; }
}
