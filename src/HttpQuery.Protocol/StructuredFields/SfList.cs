using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using HttpQuery.HeaderSyntax;

namespace HttpQuery.StructuredFields;

/// <summary>A List: ordered items and inner lists, such as <c>a, ("b" "c"), 1</c> (RFC 9651 §3.1).</summary>
/// <remarks>Two are equal when they hold equal members in the same order.</remarks>
public sealed record SfList : IReadOnlyList<SfMember>, IHeaderFormattable
{
    private readonly SfMember[] _members;

    /// <summary>Creates a List.</summary>
    /// <param name="members">The members. There may be none.</param>
    /// <exception cref="ArgumentNullException"><paramref name="members"/> or one of its elements is <see langword="null"/>.</exception>
    public SfList(params IEnumerable<SfMember> members)
    {
        ArgumentNullException.ThrowIfNull(members);
        _members = [.. members];
        foreach (var member in _members) ArgumentNullException.ThrowIfNull(member, nameof(members));
    }

    /// <inheritdoc/>
    public int Count => _members.Length;

    /// <summary>The member at an index.</summary>
    public SfMember this[int index] => _members[index];

    /// <summary>Parses a header that is defined as a List (RFC 9651 §4.2.1).</summary>
    /// <param name="text">The only header line, or all lines joined with <c>", "</c>. Empty text is an empty List.</param>
    /// <param name="list">The List, or <see langword="null"/> when <paramref name="text"/> is malformed.</param>
    /// <returns><see langword="true"/> when all of <paramref name="text"/> is one List.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out SfList? list) => SfParser.TryParseList(text, out list);

    /// <summary>Parses the lines of a header that is defined as a List, as one value.</summary>
    /// <param name="lines">The header lines in order. No lines are an empty List.</param>
    /// <param name="list">The List, or <see langword="null"/> when the lines are malformed.</param>
    /// <returns><see langword="true"/> when the lines, joined with <c>", "</c>, are one List.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="lines"/> is <see langword="null"/>.</exception>
    public static bool TryParse(IEnumerable<string?> lines, [NotNullWhen(true)] out SfList? list)
    {
        ArgumentNullException.ThrowIfNull(lines);
        return TryParse(string.Join(", ", lines), out list);
    }

    /// <summary>Enumerates the members in order.</summary>
    public IEnumerator<SfMember> GetEnumerator() => _members.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Compares members and their order.</summary>
    public bool Equals(SfList? other) => other is not null && _members.AsSpan().SequenceEqual(other._members);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var member in _members) hash.Add(member);
        return hash.ToHashCode();
    }

    /// <summary>The header value. It is empty without members; do not send the header then (RFC 9651 §4.1).</summary>
    public override string ToString() => HeaderFormatter.ToString(this);

    /// <summary>Writes the header value that <see cref="ToString"/> returns.</summary>
    /// <param name="destination">Receives the text.</param>
    /// <param name="charsWritten">The length of the text; 0 on failure.</param>
    /// <returns><see langword="false"/> when <paramref name="destination"/> is too short.</returns>
    public bool TryFormat(Span<char> destination, out int charsWritten) => HeaderFormatter.TryFormat(this, destination, out charsWritten);

    void IHeaderFormattable.AppendTo(ref DefaultInterpolatedStringHandler text) =>
        HeaderFormatter.AppendJoined<SfMember>(ref text, _members, ", ");
}
