using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using HttpQuery.HeaderSyntax;

namespace HttpQuery;

/// <summary>A media type with its parameters, such as <c>text/csv; header=present</c> (RFC 9110 §8.3.1).</summary>
/// <remarks>Two media types are equal when type, subtype and parameters are equal. Names compare without case, and values as
/// <see cref="MediaTypeParameter"/> describes. Quoting and the order of differently named parameters do not count.</remarks>
public sealed record MediaType : IHeaderFormattable
{
    private readonly MediaTypeParameter[] _parameters;

    /// <summary>Creates a media type.</summary>
    /// <param name="type">A token in any case, for example <c>application</c>.</param>
    /// <param name="subtype">A token in any case, for example <c>problem+json</c>.</param>
    /// <param name="parameters">The parameters, in the order to write them.</param>
    /// <exception cref="ArgumentException"><paramref name="type"/> or <paramref name="subtype"/> is not a token.</exception>
    public MediaType(string type, string subtype, params IEnumerable<MediaTypeParameter> parameters)
    {
        ArgumentNullException.ThrowIfNull(type);
        ArgumentNullException.ThrowIfNull(subtype);
        ArgumentNullException.ThrowIfNull(parameters);
        if (!HttpSyntax.IsToken(type)) throw new ArgumentException($"'{type}' is not a media type name: it must be a token.", nameof(type));
        if (!HttpSyntax.IsToken(subtype))
            throw new ArgumentException($"'{subtype}' is not a media subtype name: it must be a token.", nameof(subtype));

        (Type, Subtype) = (HttpSyntax.ToLower(type), HttpSyntax.ToLower(subtype));
        _parameters = [.. parameters];
        foreach (var parameter in _parameters) ArgumentNullException.ThrowIfNull(parameter, nameof(parameters));
    }

    private MediaType(scoped in MediaTypeReader reader, MediaTypeParameter[] parameters) =>
        (Type, Subtype, _parameters) = (HttpSyntax.ToLower(reader.Type), HttpSyntax.ToLower(reader.Subtype), parameters);

    /// <summary>The type in lower case: <c>application</c> of <c>application/problem+json</c>.</summary>
    public string Type { get; }

    /// <summary>The subtype in lower case, including its suffix: <c>problem+json</c> of <c>application/problem+json</c>.</summary>
    public string Subtype { get; }

    /// <summary>The structured syntax suffix in lower case: <c>json</c> of <c>application/problem+json</c>. It is
    /// <see langword="null"/> when absent (RFC 6838 §4.2.8).</summary>
    public string? Suffix => Subtype.LastIndexOf('+') is var plus and >= 0 && plus + 1 < Subtype.Length ? Subtype[(plus + 1)..] : null;

    /// <summary>The parameters as written, in order. A name can occur twice.</summary>
    public IReadOnlyList<MediaTypeParameter> Parameters => _parameters;

    /// <summary>Parses a media type.</summary>
    /// <param name="text">A Content-Type header value; spaces and tabs around it are ignored.</param>
    /// <param name="mediaType">The media type, or <see langword="null"/> when <paramref name="text"/> is malformed.</param>
    /// <returns><see langword="true"/> when all of <paramref name="text"/> is one media type. A list of media types is not.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out MediaType? mediaType)
    {
        var reader = new MediaTypeReader(text);
        List<MediaTypeParameter>? parameters = null;
        while (reader.ReadParameter()) (parameters ??= []).Add(new(reader));

        mediaType = reader.IsMalformed ? null : new(reader, parameters?.ToArray() ?? []);
        return mediaType is not null;
    }

    /// <summary>Parses a media type that is known to be valid, such as a constant.</summary>
    /// <param name="text">A Content-Type header value; spaces and tabs around it are ignored.</param>
    /// <exception cref="FormatException"><paramref name="text"/> is malformed.</exception>
    public static MediaType Parse(ReadOnlySpan<char> text) =>
        TryParse(text, out var mediaType) ? mediaType : throw new FormatException($"'{text}' is not a media type (RFC 9110 §8.3.1).");

    /// <summary>Finds a parameter by its name, without case. When the name occurs twice, returns the first.</summary>
    /// <returns><see langword="true"/> when there is such a parameter.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="name"/> is <see langword="null"/>.</exception>
    public bool TryGetParameter(string name, [NotNullWhen(true)] out string? value)
    {
        ArgumentNullException.ThrowIfNull(name);
        value = Array.Find(_parameters, parameter => HttpSyntax.EqualsIgnoreCase(parameter.Name, name))?.Value;
        return value is not null;
    }

    /// <summary>Compares as RFC 9110 does (see the remarks of the type).</summary>
    public bool Equals(MediaType? other) =>
        other is not null && Type == other.Type && Subtype == other.Subtype && _parameters.Length == other._parameters.Length
        && (_parameters.AsSpan().SequenceEqual(other._parameters) || ByName(_parameters).SequenceEqual(ByName(other._parameters)));

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        // A sum, because the order of parameters does not count.
        var parameters = 0;
        foreach (var parameter in _parameters) parameters = unchecked(parameters + parameter.GetHashCode());
        return HashCode.Combine(Type, Subtype, parameters);
    }

    /// <summary>The media type as in a Content-Type header: <c>type/subtype;name=value</c>, with quotes only where needed.</summary>
    public override string ToString() => HeaderFormatter.ToString(this);

    void IHeaderFormattable.AppendTo(ref DefaultInterpolatedStringHandler text)
    {
        text.AppendLiteral(Type);
        text.AppendLiteral("/");
        text.AppendLiteral(Subtype);
        foreach (var parameter in _parameters)
        {
            text.AppendLiteral(";");
            parameter.AppendTo(ref text);
        }
    }

    // Stable: the order of parameters with the same name counts, because recipients differ in which of them they use.
    private static IEnumerable<MediaTypeParameter> ByName(MediaTypeParameter[] parameters) =>
        parameters.OrderBy(parameter => parameter.Name, StringComparer.Ordinal);
}
