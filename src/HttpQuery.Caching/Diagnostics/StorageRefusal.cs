using HttpQuery.Caching.Rules;

namespace HttpQuery.Caching.Diagnostics;

/// <summary>The reason why a response is not stored.</summary>
/// <param name="Detail">The text in <c>Cache-Status</c>; <see langword="null"/> if the reason is known only later, or the client knows
/// it.</param>
/// <param name="Reason">The text in the log, after "because".</param>
internal sealed record StorageRefusal(string? Detail, string Reason)
{
    public static readonly StorageRefusal UnknownUser = new("unknown-user",
        "the user was not known when the request was looked up, and the response says neither public nor s-maxage");
    public static readonly StorageRefusal TooLong =
        new("too-long", "it is longer than MaximumResponseLength, or than the store takes");
    public static readonly StorageRefusal GaveWay = new(null, "MaximumPendingSize is used up, and newer responses need the memory");
    public static readonly StorageRefusal CutOff = new(null, "it was cut off, or its client disconnected");
    public static readonly StorageRefusal Length = new(null, "its length differs from Content-Length");
    public static readonly StorageRefusal Invalidated = new(null, "its URI was invalidated while the request was in progress");
    public static readonly StorageRefusal TooLate = new(null, "it took longer than MaximumRequestDuration");
    public static readonly StorageRefusal Store = new(null, "the store failed, or did not accept it");
    public static readonly StorageRefusal NoEpoch = new("store", "the store cannot be read or written");
    public static readonly StorageRefusal Application = new("application", "the application does not allow it");
    public static readonly StorageRefusal Changed = new("request-changed", "code behind the cache changed what the key was made from");
    public static readonly StorageRefusal Header =
        new("header", "the endpoint removed, or added to, a header that was set before the cache");
    public static readonly StorageRefusal Tags = new("tag", "a tag could not be computed, or is empty");
    public static readonly StorageRefusal Elsewhere =
        new("redirected", "the response belongs to another request: this one was redirected, or a handler changed it");
    public static readonly StorageRefusal Unframed =
        new("unframed", "it ends with the connection, so it may be cut off");
    public static readonly StorageRefusal Conditional = new(null, "the request has conditions that only the origin can evaluate");

    private static readonly StorageRefusal RequestNoStore = new(null, "the request says no-store");
    private static readonly StorageRefusal ContentType = new("content-type", "the QUERY has no Content-Type");

    // Most refusals come from a rule, so each is created once and not per response.
    private static readonly StorageRefusal?[] ByDecision = [.. Enum.GetValues<StorageDecision>().Select(Create)];

    /// <summary>The refusal for a decision of the rules; <see langword="null"/> if the response may be stored.</summary>
    public static StorageRefusal? FromDecision(StorageDecision decision) => ByDecision[(int)decision];

    /// <summary>The refusal for a request that prevents storing, whatever its response says.</summary>
    public static StorageRefusal FromRequest(bool isNoStore) => isNoStore ? RequestNoStore : ContentType;

    private static StorageRefusal? Create(StorageDecision decision) => decision switch
    {
        StorageDecision.Store => null,
        StorageDecision.Status => new("status", "its status code is not stored"),
        StorageDecision.NotUnderstood => new("must-understand", "it says must-understand, and its status code is not known"),
        StorageDecision.RequestNoStore => RequestNoStore,
        StorageDecision.ResponseNoStore => new("no-store", "it says no-store"),
        StorageDecision.Private => new("private", "it says private, and the cache is shared"),
        StorageDecision.Authorization => new("authorization",
            "the request has a credential, and the response says neither public nor s-maxage"),
        StorageDecision.SetCookie => new("set-cookie", "it has Set-Cookie, and does not say public"),
        StorageDecision.Vary => new("vary", "its Vary is *, or cannot be read"),
        StorageDecision.NormalizedKey => new("spelling", "it is not 2xx, and other spellings of the content have the same key"),
        StorageDecision.NoLifetime => new("no-lifetime", "it states no lifetime"),
        StorageDecision.NotReusable => new("no-validator", "it is not fresh (stale, no-cache, or without a lifetime) and has no validator"),
        StorageDecision.ContentType => ContentType,
        _ => new(null, "its method is neither GET nor QUERY"),
    };
}
