using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using HttpQuery.HeaderSyntax;

namespace HttpQuery.StructuredFields;

/// <summary>A Dictionary: an ordered map from keys to items and inner lists, such as <c>a=1, b=("x" "y"), c</c> (RFC 9651 §3.2).</summary>
/// <remarks>A repeated key keeps its first position and its last value. Two are equal when they have equal members in the same
/// order.</remarks>
public sealed record SfDictionary : IReadOnlyDictionary<string, SfMember>, IHeaderFormattable
{
    private static readonly SfBareItem True = new(true);

    private readonly OrderedDictionary<string, SfMember> _members;

    /// <summary>Creates a Dictionary in the order given.</summary>
    /// <param name="members">Each key once. A key is a lower-case letter or <c>*</c>, then any of these, digits, <c>_</c>,
    /// <c>-</c> and <c>.</c></param>
    /// <exception cref="ArgumentException">A key has another shape, or occurs twice.</exception>
    public SfDictionary(params IEnumerable<KeyValuePair<string, SfMember>> members)
    {
        ArgumentNullException.ThrowIfNull(members);
        _members = OrderedMap.Create(members);
    }

    // The parser has validated these.
    internal SfDictionary(OrderedDictionary<string, SfMember> members) => _members = members;

    /// <inheritdoc/>
    public int Count => _members.Count;

    /// <summary>The keys in order.</summary>
    public IEnumerable<string> Keys => _members.Keys;

    /// <summary>The members in the order of their keys.</summary>
    public IEnumerable<SfMember> Values => _members.Values;

    /// <summary>The member of a key.</summary>
    /// <exception cref="KeyNotFoundException">There is no such member.</exception>
    public SfMember this[string key] => _members[key];

    /// <summary>Parses a header that is defined as a Dictionary (RFC 9651 §4.2.2).</summary>
    /// <param name="text">The only header line, or all lines joined with <c>", "</c>. Empty text is an empty
    /// Dictionary.</param>
    /// <param name="dictionary">The Dictionary, or <see langword="null"/> when <paramref name="text"/> is malformed.</param>
    /// <returns><see langword="true"/> when all of <paramref name="text"/> is one Dictionary.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out SfDictionary? dictionary) =>
        SfParser.TryParseDictionary(text, out dictionary);

    /// <summary>Parses the lines of a header that is defined as a Dictionary, as one value.</summary>
    /// <param name="lines">The header lines in order. No lines are an empty Dictionary.</param>
    /// <param name="dictionary">The Dictionary, or <see langword="null"/> when the lines are malformed.</param>
    /// <returns><see langword="true"/> when the lines, joined with <c>", "</c>, are one Dictionary.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="lines"/> is <see langword="null"/>.</exception>
    public static bool TryParse(IEnumerable<string?> lines, [NotNullWhen(true)] out SfDictionary? dictionary)
    {
        ArgumentNullException.ThrowIfNull(lines);
        return TryParse(string.Join(", ", lines), out dictionary);
    }

    /// <inheritdoc/>
    public bool ContainsKey(string key) => _members.ContainsKey(key);

    /// <summary>Finds the member of a key. Case counts.</summary>
    /// <returns><see langword="true"/> when the key exists.</returns>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out SfMember value) => _members.TryGetValue(key, out value);

    /// <summary>Enumerates the members in order.</summary>
    public IEnumerator<KeyValuePair<string, SfMember>> GetEnumerator() => _members.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Compares keys, members and their order.</summary>
    public bool Equals(SfDictionary? other) => other is not null && OrderedMap.AreEqual(_members, other._members);

    /// <inheritdoc/>
    public override int GetHashCode() => OrderedMap.Hash(_members);

    /// <summary>The header value. It is empty without members; do not send the header then (RFC 9651 §4.1).</summary>
    public override string ToString() => HeaderFormatter.ToString(this);

    /// <summary>Writes the header value that <see cref="ToString"/> returns.</summary>
    /// <param name="destination">Receives the text.</param>
    /// <param name="charsWritten">The length of the text; 0 on failure.</param>
    /// <returns><see langword="false"/> when <paramref name="destination"/> is too short.</returns>
    public bool TryFormat(Span<char> destination, out int charsWritten) => HeaderFormatter.TryFormat(this, destination, out charsWritten);

    void IHeaderFormattable.AppendTo(ref DefaultInterpolatedStringHandler text)
    {
        for (var i = 0; i < _members.Count; i++)
        {
            var (key, member) = _members.GetAt(i);
            if (i > 0) text.AppendLiteral(", ");
            text.AppendLiteral(key);

            // A true value is omitted, its parameters are not (RFC 9651 §4.1.2).
            if (member is SfItem item && item.Value == True)
            {
                item.Parameters.AppendTo(ref text);
                continue;
            }

            text.AppendLiteral("=");
            member.AppendTo(ref text);
        }
    }
}
