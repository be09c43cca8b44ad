using HttpQuery.Caching.Internal;

namespace HttpQuery.Caching;

/// <summary>A stored response as the rules see it: everything but its content, read once so that each decision is cheap.</summary>
/// <remarks>Immutable: freshening makes another one.</remarks>
internal sealed class StoredResponse
{
    /// <summary>Reads a response, when it is stored and each time it is loaded.</summary>
    /// <param name="options">The rules under which it is used.</param>
    /// <param name="status">The status code.</param>
    /// <param name="fields">The fields that were stored.</param>
    /// <param name="requestTime">When the request was sent that it answers.</param>
    /// <param name="responseTime">When it was received.</param>
    public StoredResponse(
        CacheRuleOptions options, int status, StoredFields fields, DateTimeOffset requestTime, DateTimeOffset responseTime)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(fields);
        (Options, Status, Fields, RequestTime, ResponseTime) = (options, status, fields, requestTime, responseTime);
        Directives = ResponseDirectives.Parse(fields, options.Mode);
        InitialAge = FreshnessRules.InitialAge(fields, requestTime, responseTime);
        Lifetime = FreshnessRules.Lifetime(options, status, fields, Directives, responseTime);
        Date = FreshnessRules.Date(fields, responseTime);
        EntityTag = HttpQuery.EntityTag.TryParse(fields["ETag"].First(), out var tag) ? tag : null;
        LastModified = FreshnessRules.TryLastModified(fields, responseTime, out var modified) ? modified : null;
    }

    /// <summary>The rules under which it is used.</summary>
    public CacheRuleOptions Options { get; }

    /// <summary>The status code.</summary>
    public int Status { get; }

    /// <summary>The fields that were stored.</summary>
    public StoredFields Fields { get; }

    /// <summary>When the request was sent that it answers.</summary>
    public DateTimeOffset RequestTime { get; }

    /// <summary>When it was received.</summary>
    public DateTimeOffset ResponseTime { get; }

    /// <summary>Its directives.</summary>
    public ResponseDirectives Directives { get; }

    /// <summary>How long it is fresh.</summary>
    public FreshnessLifetime Lifetime { get; }

    /// <summary>Its age when it was received.</summary>
    public TimeSpan InitialAge { get; }

    /// <summary>Its Date, or when it was received.</summary>
    public DateTimeOffset Date { get; }

    /// <summary>Its entity tag; <see langword="null"/> where it has none that is well formed.</summary>
    public EntityTag? EntityTag { get; }

    /// <summary>When its representation was modified; <see langword="null"/> where it does not say so.</summary>
    public DateTimeOffset? LastModified { get; }

    /// <summary>Whether it can be validated (RFC 9111 §4.3.1).</summary>
    public bool HasValidator => EntityTag is not null || LastModified is not null;

    /// <summary>Its age: what the Age field says in whole seconds when it is sent (RFC 9111 §5.1).</summary>
    public TimeSpan CurrentAge(DateTimeOffset now) => FreshnessRules.CurrentAge(InitialAge, ResponseTime, now);

    /// <summary>How much longer it is fresh; not positive once it is stale.</summary>
    public TimeSpan RemainingLifetime(DateTimeOffset now) => Lifetime.Value - CurrentAge(now);

    /// <summary>Whether its lifetime is greater than its age (RFC 9111 §4.2).</summary>
    public bool IsFresh(DateTimeOffset now) => RemainingLifetime(now) > TimeSpan.Zero;
}
