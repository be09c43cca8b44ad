using KubeList.Selectors;

namespace KubeList.Lists;

/// <summary>One option as the request gave it.</summary>
/// <param name="Text">Its text, as a URI would have it; empty where a structure was given.</param>
/// <param name="InContent">Whether it stands in the content; else in the URI.</param>
internal sealed record ListOption(string Text, bool InContent)
{
    /// <summary>A label selector that was given as a structure.</summary>
    public LabelSelector? Labels { get; init; }

    /// <summary>A field selector that was given as a structure.</summary>
    public FieldSelector? Fields { get; init; }
}
