using HttpQuery.Caching.Headers;
using HttpQuery.Caching.Rules;

namespace HttpQuery.Caching.Engine;

/// <summary>A request with the values that are computed from it once.</summary>
/// <param name="Cache">The cache.</param>
/// <param name="Request">The request.</param>
/// <param name="Directives">Its Cache-Control.</param>
/// <param name="Keys">Its keys; not used if the request cannot be looked up.</param>
internal sealed record RequestContext(QueryCache Cache, CacheRequest Request, RequestDirectives Directives, CacheKeySet Keys)
{
    /// <summary>Whether the method is known to be safe: its response invalidates nothing.</summary>
    public bool IsSafe => InvalidationRules.IsSafe(Request.Method);

    /// <summary>Whether the user is known. Then the request has another key than the same request of other users.</summary>
    public bool IsOfUser => !Request.User.IsEmpty;

    /// <summary>Whether the request has a credential that the cache has not verified.</summary>
    public bool HasUnverifiedCredential =>
        !IsOfUser && !Request.IsSharedAcrossUsers && StorageRules.HasCredential(Cache.Options.Rules, Request.Headers);

    /// <summary>The rules, with the lifetime that the application gives to responses that state none.</summary>
    public CacheRuleOptions Rules
    {
        get
        {
            var rules = Cache.Options.Rules;
            return Request.DefaultLifetime is { } lifetime && rules.DefaultLifetime != lifetime
                ? rules with { DefaultLifetime = lifetime }
                : rules;
        }
    }

    /// <summary>Whether the rules let caches share a response.</summary>
    public bool AllowsSharing(ResponseDirectives directives) => StorageRules.AllowsSharing(Cache.Options.Rules, directives);

    /// <summary>Returns the key of a variant. It is never the primary key itself, which then belongs to the list of variants.</summary>
    public QueryCacheKey VariantKey(QueryCacheKey primary, HeaderNameSet names) =>
        names.Count > 0
            ? VaryRules.Key(primary, names, Request.Headers)
            : primary.Vary([KeyValuePair.Create<string, IEnumerable<string?>>("", [])]);

    /// <summary>Returns the tag of a group. Groups belong to an origin (RFC 9875 §2).</summary>
    public string GetTag(string group) => $"group {CacheKeySet.GetOriginKey(Request)} {group}";

    /// <summary>Returns the tags of the groups of a response.</summary>
    public IEnumerable<string> GetGroupTags(IReadOnlyHeaders response) => InvalidationRules.Groups(response).Select(GetTag);

    /// <summary>Reports the outcome of the request to metrics and the log.</summary>
    public void Report(CacheOutcome outcome)
    {
        var telemetry = Cache.Telemetry;
        if (!telemetry.IsEnabled) return;
        telemetry.Count(Request.Method, outcome.Result);
        if (!telemetry.LogsRequests) return;
        telemetry.Log(Request.Method, outcome.Result, outcome.ToStatus(Cache.Time.GetUtcNow()));
        if (outcome is { IsStored: false, Refusal: { } refusal } && Request.IsStorable) telemetry.NotStored(Request.Method, refusal);
    }

    /// <summary>Logs why a response is not stored, although it was planned.</summary>
    public void ReportNotStored(Diagnostics.StorageRefusal refusal)
    {
        if (Cache.Telemetry.LogsRequests) Cache.Telemetry.NotStored(Request.Method, refusal);
    }
}
