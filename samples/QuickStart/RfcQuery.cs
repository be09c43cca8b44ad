using System.Text.Json.Serialization;

namespace QuickStart;

/// <summary>A query of the index; every part is optional, and those given must all hold.</summary>
/// <remarks>A misspelt member would be a filter that does not filter, so JSON with an unknown one is refused.</remarks>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record RfcQuery
{
    /// <summary>Words that the title contains, in any case.</summary>
    public string? Match { get; init; }

    /// <summary>The current status, in any case.</summary>
    public string? Status { get; init; }

    /// <summary>The first year of publication.</summary>
    public int? FromYear { get; init; }

    /// <summary>The most entries to answer with, 1 to 100. Default 100.</summary>
    public int? Limit { get; init; }
}
