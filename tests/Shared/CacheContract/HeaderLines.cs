namespace HttpQuery.Tests.Contracts;

/// <summary>Headers from the text of their lines.</summary>
internal static class HeaderLines
{
    public static (string Name, string Value) Parse(string line)
    {
        var colon = line.IndexOf(':', StringComparison.Ordinal);
        return (line[..colon], line[(colon + 1)..].Trim());
    }

    /// <summary>Joins the lines of each name.</summary>
    public static IReadOnlyDictionary<string, string> Join(IEnumerable<(string Name, string Value)> lines) =>
        lines.GroupBy(line => line.Name, StringComparer.OrdinalIgnoreCase).ToDictionary(group => group.Key, group => string.Join(", ", group.Select(line => line.Value)), StringComparer.OrdinalIgnoreCase);
}
