using System.Buffers;
using HttpQuery.HeaderSyntax;

namespace HttpQuery;

/// <summary>An entity tag, such as <c>"v1"</c> or <c>W/"v1"</c>: an opaque validator of a representation (RFC 9110 §8.8.3).</summary>
/// <remarks>Equality compares text and weakness. Conditions use <see cref="StrongEquals"/> or <see cref="WeakEquals"/>.</remarks>
public readonly record struct EntityTag
{
    private const string WeakPrefix = "W/";

    // etagc: %x21 / %x23-7E / obs-text.
    private static readonly SearchValues<char> OpaqueChars = SearchValues.Create(
        [.. Enumerable.Range(0, 0x100).Select(c => (char)c).Where(c => c is '!' or (>= '#' and <= '~') or >= '\u0080')]);

    // Null for empty text, so that the default equals an empty tag.
    private readonly string? _value;

    /// <summary>Creates an entity tag.</summary>
    /// <param name="value">The opaque text without its quotes. It may be empty.</param>
    /// <param name="isWeak">Whether representations that differ only in their bytes can share it.</param>
    /// <exception cref="ArgumentException"><paramref name="value"/> has a space, a quote, a control character or a
    /// character above U+00FF.</exception>
    public EntityTag(string value, bool isWeak = false)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (value.AsSpan().ContainsAnyExcept(OpaqueChars))
            throw new ArgumentException("The text has a character that an entity tag cannot contain (RFC 9110 §8.8.3).", nameof(value));
        (_value, IsWeak) = (value is "" ? null : value, isWeak);
    }

    /// <summary>The opaque text without its quotes. It may be empty.</summary>
    public string Value => _value ?? "";

    /// <summary>Whether representations that differ only in their bytes can share it.</summary>
    public bool IsWeak { get; }

    /// <summary>Parses one entity tag.</summary>
    /// <param name="text">An ETag header value; spaces and tabs around it are ignored.</param>
    /// <param name="entityTag">The entity tag, or the default when <paramref name="text"/> is malformed.</param>
    /// <returns><see langword="true"/> when all of <paramref name="text"/> is one entity tag.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out EntityTag entityTag)
    {
        text = text.Trim(HttpSyntax.Whitespace);
        var wellFormed = IsWellFormed(text);
        entityTag = wellFormed ? new(Opaque(text).ToString(), IsWeakText(text)) : default;
        return wellFormed;
    }

    /// <summary>Returns whether the texts are equal and both tags are strong (RFC 9110 §8.8.3.2).</summary>
    public bool StrongEquals(EntityTag other) => !IsWeak && !other.IsWeak && WeakEquals(other);

    /// <summary>Returns whether the texts are equal, whether the tags are weak or strong (RFC 9110 §8.8.3.2).</summary>
    public bool WeakEquals(EntityTag other) => Value == other.Value;

    /// <summary>The entity tag as in an ETag header.</summary>
    public override string ToString() => $"{(IsWeak ? WeakPrefix : "")}\"{Value}\"";

    /// <summary>Returns the length of the entity tag at the start of <paramref name="text"/>, or 0.</summary>
    internal static int LengthOf(ReadOnlySpan<char> text)
    {
        var start = OpaqueStart(text);
        if (text.Length <= start || text[start - 1] != '"') return 0;
        var length = text[start..].IndexOfAnyExcept(OpaqueChars);
        return length >= 0 && text[start + length] == '"' ? start + length + 1 : 0;
    }

    /// <summary>Returns whether all of <paramref name="text"/> is one entity tag, without whitespace around it.</summary>
    internal static bool IsWellFormed(ReadOnlySpan<char> text) => !text.IsEmpty && LengthOf(text) == text.Length;

    /// <summary>Compares with the text of an entity tag, which must be well formed.</summary>
    internal bool EqualsText(ReadOnlySpan<char> text, bool strong) =>
        !(strong && (IsWeak || IsWeakText(text))) && Opaque(text).SequenceEqual(Value);

    private static bool IsWeakText(ReadOnlySpan<char> text) => text.StartsWith(WeakPrefix);

    private static int OpaqueStart(ReadOnlySpan<char> text) => IsWeakText(text) ? WeakPrefix.Length + 1 : 1;

    private static ReadOnlySpan<char> Opaque(ReadOnlySpan<char> text) => text[OpaqueStart(text)..^1];
}
