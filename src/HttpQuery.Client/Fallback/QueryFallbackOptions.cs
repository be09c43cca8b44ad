using HttpQuery.Fallback;

namespace HttpQuery;

/// <summary>Settings for servers and intermediaries that do not know QUERY: the request is sent again as a POST or a GET.</summary>
public sealed class QueryFallbackOptions
{
    /// <summary>The paths whose QUERY may be sent as a POST, and the path of each POST. Default: none.</summary>
    /// <remarks>Name only paths where a POST with the same content runs the same search, because elsewhere a POST may create
    /// something.</remarks>
    public FallbackPathDictionary Paths { get; } = [];

    /// <summary>Returns the URI of a GET that runs the same query, or <see langword="null"/> if there is none. It is called with the QUERY
    /// and its content. Default <see langword="null"/>.</summary>
    /// <remarks>A GET is preferred to a POST. The URI must have the same origin as the QUERY. Servers and intermediaries write URIs to
    /// their logs, so sensitive content does not belong there.</remarks>
    public Func<HttpRequestMessage, ReadOnlyMemory<byte>, Uri?>? CreateGetUri { get; set; }

    /// <summary>Whether a POST carries <c>X-HTTP-Method-Override: QUERY</c>. Default <see langword="false"/>.</summary>
    public bool SendMethodOverride { get; set; }

    /// <summary>Names of intermediaries whose 400 and 403 mean that they do not know QUERY. They are compared with the <c>Server</c> and
    /// <c>Via</c> headers of the response. Default: <c>CloudFront</c>.</summary>
    public IList<string> Intermediaries { get; } = ["CloudFront"];

    /// <summary>How long the handler remembers that QUERY does not work. Then one request tries QUERY again. Default 10 minutes.</summary>
    public TimeSpan Lifetime { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Maximum number of paths and origins that are remembered. Least recently used ones are evicted first. Default
    /// 1,000.</summary>
    public int MaximumCount { get; set; } = 1000;

    /// <summary>How long a request waits for the first QUERY to the same path, which shows whether the method is known. Default 1 second.
    /// Zero: each request is sent at once.</summary>
    public TimeSpan ProbeTimeout { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>Returns an error for each option that is out of range.</summary>
    /// <param name="prefix">The text before the name of the option: the configuration section and a colon, or the class and a
    /// dot.</param>
    /// <param name="isOn">Whether the fallback is on. It then needs a path.</param>
    internal IEnumerable<string> Validate(string prefix, bool isOn)
    {
        if (isOn && Paths.Count == 0 && CreateGetUri is null)
        {
            yield return $"{prefix}{nameof(Paths)} is empty, so the fallback can send nothing. "
                + $"Name the paths that accept the query by POST, for example {nameof(Paths)}.Add(\"/pods\", \"/pods/_search\").";
        }
        foreach (var failure in Paths.Validate(prefix + nameof(Paths))) yield return failure;
        if (!Intermediaries.All(FallbackClassifier.IsIntermediaryName))
            yield return $"{prefix}{nameof(Intermediaries)} must be names of products in ASCII, such as CloudFront.";
        if (Lifetime <= TimeSpan.Zero || Lifetime > TimeSpan.FromDays(30))
            yield return $"{prefix}{nameof(Lifetime)} must be positive and at most 30 days.";
        if (MaximumCount <= 0) yield return $"{prefix}{nameof(MaximumCount)} must be positive.";
        if (ProbeTimeout < TimeSpan.Zero || ProbeTimeout > TimeSpan.FromDays(1))
            yield return $"{prefix}{nameof(ProbeTimeout)} must not be negative, and at most a day.";
    }
}
