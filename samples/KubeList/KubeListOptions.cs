namespace KubeList;

/// <summary>Limits and lifetimes of the list API; bound from the configuration section <c>KubeList</c>, checked at start-up.</summary>
internal sealed class KubeListOptions
{
    /// <summary>Largest query content accepted, in bytes. Default 3 MiB. Larger content is answered 413.</summary>
    public int MaximumContentLength { get; set; } = 3 * 1024 * 1024;

    /// <summary>Most selector values of one query, over all its requirements, repetitions counted. Default 100,000.</summary>
    public int MaximumValues { get; set; } = 100_000;

    /// <summary>Most requirements of one query, over both selectors. Default 1,000. Every object is held against each of them.</summary>
    public int MaximumRequirements { get; set; } = 1_000;

    /// <summary>Deepest nesting of JSON content, the outermost object counting 1. Default 16. Deeper content is answered 400.</summary>
    public int MaximumDepth { get; set; } = 16;

    /// <summary>How long the snapshot of a paged list is kept after the last list that began in it. Default 5 minutes. Then tokens
    /// of it are answered 410.</summary>
    public TimeSpan SnapshotLifetime { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Most snapshots kept for paged lists. Default 100. One more drops the oldest, whose tokens are then answered 410.</summary>
    public int MaximumPinnedSnapshots { get; set; } = 100;

    /// <summary>How long a request waits for a revision of the future. Default 3 seconds. Then it is answered 504.</summary>
    public TimeSpan RevisionPatience { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>How long caches may give a list away without asking, in whole seconds. Default zero: they ask each time.</summary>
    public TimeSpan MaximumAge { get; set; }

    /// <summary>Reads the section <c>KubeList</c>.</summary>
    /// <exception cref="FormatException">A value is malformed, or cannot work.</exception>
    public static KubeListOptions Read(IConfiguration configuration)
    {
        KubeListOptions options;
        try { options = configuration.GetSection("KubeList").Get<KubeListOptions>() ?? new(); }
        catch (InvalidOperationException error) { throw new FormatException(error.Message, error); }

        var problem = options switch
        {
            { MaximumContentLength: < 1 or > 1 << 30 } => $"{nameof(MaximumContentLength)} must be from 1 byte to 1 GiB",
            { MaximumValues: < 1 } => $"{nameof(MaximumValues)} must be at least 1",
            { MaximumRequirements: < 1 } => $"{nameof(MaximumRequirements)} must be at least 1",
            { MaximumDepth: < 1 or > 1000 } => $"{nameof(MaximumDepth)} must be from 1 to 1000",
            { MaximumPinnedSnapshots: < 1 } => $"{nameof(MaximumPinnedSnapshots)} must be at least 1",
            { SnapshotLifetime.Ticks: <= 0 } => $"{nameof(SnapshotLifetime)} must be longer than nothing",
            { RevisionPatience.Ticks: < 0 } => $"{nameof(RevisionPatience)} must be zero or longer",
            { MaximumAge.Ticks: < 0 } => $"{nameof(MaximumAge)} must be zero or longer",
            _ => null,
        };
        return problem is null ? options : throw new FormatException($"KubeList:{problem}.");
    }
}
