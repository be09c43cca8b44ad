using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace HttpQuery;

/// <summary>The value of an <c>Accept-Query</c> field: the query formats that a resource takes (RFC 10008 §3).</summary>
/// <remarks>
/// A server makes one with <see cref="Create"/> and sends <see cref="ToString"/>; a client reads one with
/// <c>TryParse</c> and asks it <see cref="Accepts(MediaType)"/> or <see cref="SelectPreferred"/>. The order of members has no
/// meaning and each is kept once, so two values are equal when they hold the same members.
/// </remarks>
public sealed record AcceptQuery : IReadOnlyList<AcceptQueryMember>
{
    /// <summary>The name of the field: <c>Accept-Query</c>.</summary>
    public const string FieldName = "Accept-Query";

    private readonly AcceptQueryMember[] _members;

    /// <summary>Makes a value of members, for example those of several endpoints on one path.</summary>
    /// <param name="members">The members; repeated ones are kept once.</param>
    /// <exception cref="ArgumentNullException"><paramref name="members"/> or one of them is <see langword="null"/>.</exception>
    public AcceptQuery(params IEnumerable<AcceptQueryMember> members)
    {
        ArgumentNullException.ThrowIfNull(members);
        _members = [.. members.Distinct()];
        foreach (var member in _members) ArgumentNullException.ThrowIfNull(member, nameof(members));
    }

    /// <summary>The number of different members; a resource with none of them takes no query format that it names.</summary>
    public int Count => _members.Length;

    /// <summary>The member at a position, in the order given or received.</summary>
    public AcceptQueryMember this[int index] => _members[index];

    /// <summary>Makes a value of media ranges in the syntax of Content-Type and Accept.</summary>
    /// <param name="mediaRanges">For example <c>application/sql</c>, <c>text/csv; header=present</c> or <c>application/*</c>.</param>
    /// <exception cref="ArgumentException">One of them is malformed, or has a parameter that this field cannot say.</exception>
    public static AcceptQuery Create(params IEnumerable<string> mediaRanges)
    {
        ArgumentNullException.ThrowIfNull(mediaRanges);
        return new(mediaRanges.Select(text =>
        {
            ArgumentNullException.ThrowIfNull(text, nameof(mediaRanges));

            // A media range has the syntax of a media type: "*" is a token.
            return MediaType.TryParse(text, out var parts) && MediaRange.FromParts(parts.Type, parts.Subtype) is { } range
                ? new AcceptQueryMember(range, parts.Parameters)
                : throw new ArgumentException($"'{text}' is no media range (RFC 10008 §3).", nameof(mediaRanges));
        }));
    }

    /// <summary>Reads a field value.</summary>
    /// <param name="text">The value of the one field line, or of all lines joined with <c>", "</c>; empty text has no members.</param>
    /// <param name="acceptQuery">The value, or <see langword="null"/> on failure.</param>
    /// <returns><see langword="false"/> when <paramref name="text"/> is no List of RFC 9651, or a member is no media range, or a
    /// parameter is neither Token nor String. The field is then to be ignored whole.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out AcceptQuery? acceptQuery)
    {
        acceptQuery = AcceptQueryParser.TryParse(text, out var members) ? new(members) : null;
        return acceptQuery is not null;
    }

    /// <summary>Reads the lines of a field as one value.</summary>
    /// <param name="lines">The field lines in their order; none is the same as an empty one.</param>
    /// <param name="acceptQuery">The value, or <see langword="null"/> on failure.</param>
    /// <returns><see langword="false"/> as <see cref="TryParse(ReadOnlySpan{char}, out AcceptQuery?)"/> does.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="lines"/> is <see langword="null"/>.</exception>
    public static bool TryParse(IEnumerable<string?> lines, [NotNullWhen(true)] out AcceptQuery? acceptQuery)
    {
        ArgumentNullException.ThrowIfNull(lines);
        return TryParse(string.Join(", ", lines), out acceptQuery);
    }

    /// <summary>Tells whether content of this type is taken, without allocating.</summary>
    /// <param name="contentType">A Content-Type field value.</param>
    /// <returns><see langword="true"/> when a member accepts it; <see langword="false"/> also where it is malformed.</returns>
    public bool Accepts(ReadOnlySpan<char> contentType)
    {
        if (!MediaTypeReader.IsWellFormed(contentType)) return false;
        var reader = new MediaTypeReader(contentType);
        foreach (var member in _members)
            if (member.Accepts(reader)) return true;
        return false;
    }

    /// <summary>Tells whether content of this type is taken: whether a member accepts it.</summary>
    /// <exception cref="ArgumentNullException"><paramref name="mediaType"/> is <see langword="null"/>.</exception>
    public bool Accepts(MediaType mediaType)
    {
        ArgumentNullException.ThrowIfNull(mediaType);
        foreach (var member in _members)
            if (member.Accepts(mediaType)) return true;
        return false;
    }

    /// <summary>Chooses the first of a client's formats that is taken.</summary>
    /// <param name="formats">The formats that the client can write, the preferred one first.</param>
    /// <returns>The format, or <see langword="null"/> where none is taken.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="formats"/> is <see langword="null"/>.</exception>
    public MediaType? SelectPreferred(params IEnumerable<MediaType> formats)
    {
        ArgumentNullException.ThrowIfNull(formats);
        return formats.FirstOrDefault(Accepts);
    }

    /// <summary>The same ranges in the syntax of an Accept field, for a 415 response (RFC 9110 §15.5.16).</summary>
    /// <remarks>A member with a parameter <c>q</c> is left out: Accept would take it for a weight (RFC 9110 §12.4.2).</remarks>
    public string ToAcceptString() => string.Join(", ", _members
        .Where(member => member.Parameters.All(parameter => parameter.Name is not "q"))
        .Select(member => member.ToMediaType()));

    /// <summary>Goes through the members, in the order given or received.</summary>
    public IEnumerator<AcceptQueryMember> GetEnumerator() => _members.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Compares as sets: see the remarks of the type.</summary>
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

    /// <summary>The field value: a List of RFC 9651; empty without members, and then the field is not to be sent.</summary>
    public override string ToString() => string.Join<AcceptQueryMember>(", ", _members);
}
