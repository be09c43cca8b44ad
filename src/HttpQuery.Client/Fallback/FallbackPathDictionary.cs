using System.Diagnostics.CodeAnalysis;

namespace HttpQuery;

/// <summary>The paths whose QUERY may be sent as a POST, each with the path of the POST.</summary>
/// <remarks>
/// <para>Keys and values are whole paths of URIs as they are sent, for example <c>/pods</c>: case counts, and escapes are not decoded. The
/// URI query part is kept. A key that ends with <c>/*</c> means all paths below it. Its value then ends with <c>/*</c>, too, and the rest
/// of the path is kept. An exact path is preferred, then the longest prefix.</para>
/// <para>In configuration, each key of the section is a path:
/// <c>"Paths": { "/pods": "/pods/_search", "/search/*": "/search/*" }</c>.</para>
/// </remarks>
public sealed class FallbackPathDictionary : Dictionary<string, string>
{
    private const string Below = "/*";

    /// <summary>Creates a dictionary without paths.</summary>
    public FallbackPathDictionary()
        : base(StringComparer.Ordinal)
    {
    }

    /// <summary>Adds a path whose QUERY may be sent as a POST to the same path.</summary>
    /// <param name="path">For example <c>/search</c>, or <c>/search/*</c> for all paths below <c>/search/</c>.</param>
    /// <exception cref="ArgumentException">The path was added before.</exception>
    public void Add(string path) => Add(path, path);

    /// <summary>Returns an error for each pair that is not a pair of paths.</summary>
    internal IEnumerable<string> Validate(string prefix)
    {
        foreach (var (path, target) in this)
        {
            if (!IsPath(path) || !IsPath(target))
            {
                yield return $"{prefix}: '{path}' and '{target}' must be paths of a URI in ASCII, such as /pods: "
                    + "they start with a slash, and have no query part.";
            }
            else if (path.EndsWith(Below, StringComparison.Ordinal) != target.EndsWith(Below, StringComparison.Ordinal))
            {
                yield return $"{prefix}: '{path}' and '{target}' must both end with /*, or neither.";
            }
        }
    }

    /// <summary>Finds the URI of the POST.</summary>
    /// <param name="uri">The absolute URI of the QUERY.</param>
    /// <param name="key">The key that matches.</param>
    /// <param name="target">The URI of the POST.</param>
    internal bool TryMap(Uri uri, [NotNullWhen(true)] out string? key, [NotNullWhen(true)] out Uri? target)
    {
        var path = uri.AbsolutePath;
        (key, target) = (null, null);
        if (TryGetValue(path, out var mapped))
        {
            key = path;
        }
        else if (FindPrefix(path) is { } prefix)
        {
            key = prefix;
            mapped = string.Concat(this[prefix].AsSpan(..^1), path.AsSpan(prefix.Length - 1));
        }
        if (key is null) return false;
        target = mapped == path ? uri : new Uri(uri.GetLeftPart(UriPartial.Authority) + mapped + uri.Query);
        return true;
    }

    // A server may resolve dot segments and escaped slashes. Such a path could then lead out of the prefix.
    private string? FindPrefix(string path)
    {
        string? longest = null;
        foreach (var key in Keys)
        {
            if (!key.EndsWith(Below, StringComparison.Ordinal) || key.Length <= (longest?.Length ?? 0)) continue;
            if (path.Length >= key.Length && path.AsSpan().StartsWith(key.AsSpan(..^1), StringComparison.Ordinal)) longest = key;
        }
        return longest is not null && IsPlain(path.AsSpan(longest.Length - 1)) ? longest : null;
    }

    private static bool IsPlain(ReadOnlySpan<char> path)
    {
        if (path.Contains('\\') || path.Contains("%2f", StringComparison.OrdinalIgnoreCase)
            || path.Contains("%5c", StringComparison.OrdinalIgnoreCase) || path.Contains("%25", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }
        foreach (var range in path.Split('/'))
        {
            if (path[range] is ['.', ..] or "" || path[range].StartsWith("%2e", StringComparison.OrdinalIgnoreCase)) return false;
        }
        return true;
    }

    private static bool IsPath(string? path) =>
        path is ['/', ..] && !path.AsSpan().ContainsAnyExceptInRange('!', '~') && !path.AsSpan().ContainsAny('?', '#', '\\')
        && path.IndexOf('*', StringComparison.Ordinal) is var star
        && (star < 0 || (star == path.Length - 1 && path.EndsWith(Below, StringComparison.Ordinal)));
}
