using HttpQuery.Caching.Headers;

namespace HttpQuery.Caching.Rules;

/// <summary>A stored response without its content, as the rules use it. Headers are parsed once, so each decision is cheap.</summary>
/// <remarks>Immutable: freshening creates a new instance.</remarks>
internal sealed class StoredResponse
{
    /// <summary>Parses a response, when it is stored and each time it is loaded.</summary>
    /// <param name="options">The rules that apply to the response.</param>
    /// <param name="status">The status code.</param>
    /// <param name="headers">The stored headers.</param>
    /// <param name="requestTime">When the request for this response was sent.</param>
    /// <param name="responseTime">When the response was received.</param>
    public StoredResponse(
        CacheRuleOptions options, int status, HeaderCollection headers, DateTimeOffset requestTime, DateTimeOffset responseTime)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(headers);
        (Options, Status, Headers, RequestTime, ResponseTime) = (options, status, headers, requestTime, responseTime);
        Directives = ResponseDirectives.Parse(headers, options.Mode);
        InitialAge = FreshnessRules.InitialAge(headers, requestTime, responseTime);
        Lifetime = FreshnessRules.Lifetime(options, status, headers, Directives, responseTime);
        Date = FreshnessRules.Date(headers, responseTime);
        EntityTag = HttpQuery.EntityTag.TryParse(headers["ETag"].First(), out var tag) ? tag : null;
        LastModified = FreshnessRules.TryLastModified(headers, responseTime, out var modified) ? modified : null;
    }

    /// <summary>The rules that apply to the response.</summary>
    public CacheRuleOptions Options { get; }

    /// <summary>The status code.</summary>
    public int Status { get; }

    /// <summary>The stored headers.</summary>
    public HeaderCollection Headers { get; }

    /// <summary>When the request for this response was sent.</summary>
    public DateTimeOffset RequestTime { get; }

    /// <summary>When the response was received.</summary>
    public DateTimeOffset ResponseTime { get; }

    /// <summary>The cache directives of the response.</summary>
    public ResponseDirectives Directives { get; }

    /// <summary>How long the response is fresh.</summary>
    public FreshnessLifetime Lifetime { get; }

    /// <summary>The age of the response when it was received.</summary>
    public TimeSpan InitialAge { get; }

    /// <summary>The value of Date, or the time when the response was received.</summary>
    public DateTimeOffset Date { get; }

    /// <summary>The entity tag; <see langword="null"/> if there is none or it is malformed.</summary>
    public EntityTag? EntityTag { get; }

    /// <summary>When the representation was modified; <see langword="null"/> if the response does not state it.</summary>
    public DateTimeOffset? LastModified { get; }

    /// <summary>Whether the response can be validated (RFC 9111 §4.3.1).</summary>
    public bool HasValidator => EntityTag is not null || LastModified is not null;

    /// <summary>The current age. The Age header states it in whole seconds when the response is sent (RFC 9111 §5.1).</summary>
    public TimeSpan CurrentAge(DateTimeOffset now) => FreshnessRules.CurrentAge(InitialAge, ResponseTime, now);

    /// <summary>The remaining lifetime; zero or negative when the response is stale.</summary>
    public TimeSpan RemainingLifetime(DateTimeOffset now) => Lifetime.Value - CurrentAge(now);

    /// <summary>Whether the lifetime is greater than the age (RFC 9111 §4.2).</summary>
    public bool IsFresh(DateTimeOffset now) => RemainingLifetime(now) > TimeSpan.Zero;
}
