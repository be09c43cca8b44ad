using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace HttpQuery;

/// <summary>The value of an <c>Accept-Query</c> header: the query formats that a resource accepts (RFC 10008 §3).</summary>
/// <remarks>
/// A server creates one with <see cref="Create"/> and sends <see cref="ToString"/>. A client parses one with <c>TryParse</c> and
/// calls <see cref="Accepts(MediaType)"/> or <see cref="SelectPreferred"/>. Order has no meaning and duplicates are removed, so two
/// values are equal when they hold the same members.
/// </remarks>
public sealed record AcceptQuery : IReadOnlyList<AcceptQueryMember>
{
    /// <summary>The header name: <c>Accept-Query</c>.</summary>
    public const string HeaderName = "Accept-Query";

    private readonly AcceptQueryMember[] _members;

    /// <summary>Creates a value from members, for example those of several endpoints on one path.</summary>
    /// <param name="members">The members. Duplicates are removed.</param>
    /// <exception cref="ArgumentNullException"><paramref name="members"/> or one of its elements is <see langword="null"/>.</exception>
    public AcceptQuery(params IEnumerable<AcceptQueryMember> members)
    {
        ArgumentNullException.ThrowIfNull(members);
        _members = [.. members.Distinct()];
        foreach (var member in _members) ArgumentNullException.ThrowIfNull(member, nameof(members));
    }

    /// <summary>The number of distinct members. With 0, the resource names no query format.</summary>
    public int Count => _members.Length;

    /// <summary>The member at an index, in the order given or received.</summary>
    public AcceptQueryMember this[int index] => _members[index];

    /// <summary>Creates a value from media ranges in the syntax of Content-Type and Accept.</summary>
    /// <param name="mediaRanges">For example <c>application/sql</c>, <c>text/csv; header=present</c> or <c>application/*</c>.</param>
    /// <exception cref="ArgumentException">A range is malformed, or has a parameter that this header cannot carry.</exception>
    public static AcceptQuery Create(params IEnumerable<string> mediaRanges)
    {
        ArgumentNullException.ThrowIfNull(mediaRanges);
        return new(mediaRanges.Select(text =>
        {
            ArgumentNullException.ThrowIfNull(text, nameof(mediaRanges));

            // A media range has the syntax of a media type: "*" is a token.
            return MediaType.TryParse(text, out var parts) && MediaRange.FromParts(parts.Type, parts.Subtype) is { } range
                ? new AcceptQueryMember(range, parts.Parameters)
                : throw new ArgumentException($"'{text}' is not a media range (RFC 10008 §3).", nameof(mediaRanges));
        }));
    }

    /// <summary>Parses a header value.</summary>
    /// <param name="text">The only header line, or all lines joined with <c>", "</c>. Empty text has no members.</param>
    /// <param name="acceptQuery">The value, or <see langword="null"/> on failure.</param>
    /// <returns><see langword="false"/> when <paramref name="text"/> is not a List (RFC 9651), a member is not a media range, or a
    /// parameter is neither a Token nor a String. Ignore the whole header then.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out AcceptQuery? acceptQuery)
    {
        acceptQuery = AcceptQueryParser.TryParse(text, out var members) ? new(members) : null;
        return acceptQuery is not null;
    }

    /// <summary>Parses all lines of a header as one value.</summary>
    /// <param name="lines">The header lines in order. No lines mean the same as one empty line.</param>
    /// <param name="acceptQuery">The value, or <see langword="null"/> on failure.</param>
    /// <returns>As <see cref="TryParse(ReadOnlySpan{char}, out AcceptQuery?)"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="lines"/> is <see langword="null"/>.</exception>
    public static bool TryParse(IEnumerable<string?> lines, [NotNullWhen(true)] out AcceptQuery? acceptQuery)
    {
        ArgumentNullException.ThrowIfNull(lines);
        return TryParse(string.Join(", ", lines), out acceptQuery);
    }

    /// <summary>Returns whether the resource accepts content of this type. Allocates nothing.</summary>
    /// <param name="contentType">A Content-Type header value.</param>
    /// <returns><see langword="true"/> when a member accepts it; <see langword="false"/> also when the text is malformed.</returns>
    public bool Accepts(ReadOnlySpan<char> contentType)
    {
        if (!MediaTypeReader.IsWellFormed(contentType)) return false;
        var reader = new MediaTypeReader(contentType);
        foreach (var member in _members)
            if (member.Accepts(reader)) return true;
        return false;
    }

    /// <summary>Returns whether the resource accepts content of this type: whether a member accepts it.</summary>
    /// <exception cref="ArgumentNullException"><paramref name="mediaType"/> is <see langword="null"/>.</exception>
    public bool Accepts(MediaType mediaType)
    {
        ArgumentNullException.ThrowIfNull(mediaType);
        foreach (var member in _members)
            if (member.Accepts(mediaType)) return true;
        return false;
    }

    /// <summary>Returns the first of a client's formats that the resource accepts.</summary>
    /// <param name="formats">The formats that the client can write, the preferred format first.</param>
    /// <returns>The format, or <see langword="null"/> when the resource accepts none.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="formats"/> is <see langword="null"/>.</exception>
    public MediaType? SelectPreferred(params IEnumerable<MediaType> formats)
    {
        ArgumentNullException.ThrowIfNull(formats);
        return formats.FirstOrDefault(Accepts);
    }

    /// <summary>The same ranges in the syntax of an Accept header, for a 415 response (RFC 9110 §15.5.16).</summary>
    /// <remarks>A member with a parameter <c>q</c> is omitted, because Accept reads it as a weight (RFC 9110 §12.4.2).</remarks>
    public string ToAcceptString() => string.Join(", ", _members
        .Where(member => member.Parameters.All(parameter => parameter.Name is not "q"))
        .Select(member => member.ToMediaType()));

    /// <summary>Enumerates the members, in the order given or received.</summary>
    public IEnumerator<AcceptQueryMember> GetEnumerator() => _members.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Compares the members as sets: their order does not count.</summary>
    public bool Equals(AcceptQuery? other) =>
        other is not null && Count == other.Count && new HashSet<AcceptQueryMember>(_members).SetEquals(other._members);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        // A sum, because the order of members does not count.
        var sum = 0;
        foreach (var member in _members) sum = unchecked(sum + member.GetHashCode());
        return sum;
    }

    /// <summary>The header value: a List (RFC 9651). It is empty without members; do not send the header then.</summary>
    public override string ToString() => string.Join<AcceptQueryMember>(", ", _members);
}
