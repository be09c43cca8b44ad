using System.Text.Json;

namespace HttpQuery;

/// <summary>The problem details of an error response (RFC 9457).</summary>
/// <remarks>All texts come from the server. Members with a value of the wrong type are ignored, as the RFC asks.</remarks>
public sealed record QueryProblemDetails
{
    internal QueryProblemDetails()
    {
    }

    /// <summary>A URI that identifies the kind of problem, or <see langword="null"/>: <c>about:blank</c>.</summary>
    public string? Type { get; internal init; }

    /// <summary>A short summary of the kind of problem.</summary>
    public string? Title { get; internal init; }

    /// <summary>The status code that the server meant to send.</summary>
    public int? Status { get; internal init; }

    /// <summary>What is wrong with this request.</summary>
    public string? Detail { get; internal init; }

    /// <summary>A URI that identifies this occurrence.</summary>
    public string? Instance { get; internal init; }

    /// <summary>The member <c>errors</c> of ASP.NET Core: messages by the name of the part of the query that they are about. Empty if there
    /// is none.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Errors { get; internal init; } =
        new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>All other members, for example <c>line</c> and <c>byte</c> of malformed JSON.</summary>
    public IReadOnlyDictionary<string, JsonElement> Extensions { get; internal init; } = new Dictionary<string, JsonElement>();
}
