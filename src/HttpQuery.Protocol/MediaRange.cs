using System.Diagnostics.CodeAnalysis;
using HttpQuery.HeaderSyntax;

namespace HttpQuery;

/// <summary>One media range of an <c>Accept-Query</c> header, without its parameters: <c>application/sql</c>,
/// <c>application/*</c> or <c>*/*</c>.</summary>
/// <remarks>Only these three shapes exist (RFC 10008 §3). A <c>*</c> is a whole part, and the type is <c>*</c> only if the subtype
/// is. Names compare without case (RFC 9110 §8.3.1), so both parts are stored in lower case.</remarks>
public sealed record MediaRange
{
    private MediaRange(ReadOnlySpan<char> type, ReadOnlySpan<char> subtype) =>
        (Type, Subtype) = (HttpSyntax.ToLower(type), HttpSyntax.ToLower(subtype));

    /// <summary>The type in lower case; <c>*</c> stands for every type.</summary>
    public string Type { get; }

    /// <summary>The subtype in lower case; <c>*</c> stands for every subtype of <see cref="Type"/>.</summary>
    public string Subtype { get; }

    /// <summary>Parses one media range without parameters.</summary>
    /// <param name="text">Text without outer whitespace, for example <c>application/sql</c>.</param>
    /// <param name="range">The range, or <see langword="null"/> when <paramref name="text"/> is malformed.</param>
    /// <returns><see langword="true"/> when all of <paramref name="text"/> is one media range.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out MediaRange? range)
    {
        var slash = text.IndexOf('/');
        range = slash < 0 ? null : FromParts(text[..slash], text[(slash + 1)..]);
        return range is not null;
    }

    /// <summary>Returns whether <paramref name="mediaType"/> is in this range. Its parameters do not count.</summary>
    /// <exception cref="ArgumentNullException"><paramref name="mediaType"/> is <see langword="null"/>.</exception>
    public bool Includes(MediaType mediaType)
    {
        ArgumentNullException.ThrowIfNull(mediaType);
        return Includes(mediaType.Type, mediaType.Subtype);
    }

    /// <summary>Returns whether every media type in <paramref name="other"/> is in this range too.</summary>
    /// <exception cref="ArgumentNullException"><paramref name="other"/> is <see langword="null"/>.</exception>
    public bool Includes(MediaRange other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Includes(other.Type, other.Subtype);
    }

    /// <summary>The range as in a header: <c>type/subtype</c>.</summary>
    public override string ToString() => $"{Type}/{Subtype}";

    internal static MediaRange? FromParts(ReadOnlySpan<char> type, ReadOnlySpan<char> subtype) =>
        (subtype is "*" ? type is "*" || IsName(type) : IsName(type) && IsName(subtype)) ? new(type, subtype) : null;

    internal bool Includes(ReadOnlySpan<char> type, ReadOnlySpan<char> subtype) =>
        Type is "*"
        || (HttpSyntax.EqualsIgnoreCase(Type, type) && (Subtype is "*" || HttpSyntax.EqualsIgnoreCase(Subtype, subtype)));

    private static bool IsName(ReadOnlySpan<char> text) => HttpSyntax.IsToken(text) && !text.Contains('*');
}
