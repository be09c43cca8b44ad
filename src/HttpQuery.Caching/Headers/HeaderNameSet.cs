using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace HttpQuery.Caching.Headers;

/// <summary>Header names, such as those in Vary: lower case, without duplicates, in ordinal order. Two instances with the same names are
/// equal.</summary>
[SuppressMessage("Naming", "CA1710:Identifiers should have correct suffix", Justification = "Names are what it holds.")]
internal sealed class HeaderNameSet : IReadOnlyList<string>, IEquatable<HeaderNameSet>
{
    private readonly string[] _names;

    internal HeaderNameSet(SortedSet<string> names) => _names = [.. names];

    /// <summary>No names.</summary>
    public static HeaderNameSet Empty { get; } = new(NewSet());

    /// <inheritdoc/>
    public int Count => _names.Length;

    /// <inheritdoc/>
    public string this[int index] => _names[index];

    /// <summary>Returns whether a name is in the list, ignoring case.</summary>
    public bool Contains(string name)
    {
        foreach (var one in _names)
            if (string.Equals(one, name, StringComparison.OrdinalIgnoreCase)) return true;
        return false;
    }

    /// <summary>Enumerates the names in their order.</summary>
    public IEnumerator<string> GetEnumerator() => _names.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public bool Equals(HeaderNameSet? other) => other is not null && _names.AsSpan().SequenceEqual(other._names);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as HeaderNameSet);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var name in _names) hash.Add(name);
        return hash.ToHashCode();
    }

    /// <summary>The names in the form of a header value: <c>accept, accept-language</c>.</summary>
    public override string ToString() => string.Join(", ", _names);

    /// <summary>Adds the names that <c>#field-name</c> lists; empty members are ignored (RFC 9110 §5.6.1).</summary>
    /// <returns><see langword="false"/> if a member is not a header name: <c>*</c>, or not a token.</returns>
    internal static bool TryAdd(SortedSet<string> names, ReadOnlySpan<char> text)
    {
        foreach (var range in text.Split(','))
        {
            var name = text[range].Trim(HttpSyntax.Whitespace);
            if (name.IsEmpty) continue;
            if (name is "*" || !HttpSyntax.IsToken(name)) return false;
            names.Add(name.ToString().ToLowerInvariant());
        }

        return true;
    }

    internal static SortedSet<string> NewSet() => new(StringComparer.Ordinal);
}
