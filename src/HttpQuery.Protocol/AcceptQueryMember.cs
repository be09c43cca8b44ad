using System.Runtime.CompilerServices;
using HttpQuery.HeaderSyntax;
using HttpQuery.StructuredFields;

namespace HttpQuery;

/// <summary>One member of an <c>Accept-Query</c> header: a media range and its required parameters, such as
/// <c>text/csv;header=present</c> (RFC 10008 §3).</summary>
/// <remarks>Members are equal when their ranges and parameters are equal. The order of the parameters does not count.</remarks>
public sealed record AcceptQueryMember : IHeaderFormattable
{
    private readonly MediaTypeParameter[] _parameters;

    /// <summary>Creates a member.</summary>
    /// <param name="range">The media range.</param>
    /// <param name="parameters">The parameters that a media type must have, each name once.</param>
    /// <exception cref="ArgumentException">A name occurs twice; or it is not a key of RFC 9651 §3.1.2 (a letter or <c>*</c>, then letters,
    /// digits, <c>_</c>, <c>-</c>, <c>.</c> and <c>*</c>); or a value has a character that is not printable ASCII. This header
    /// cannot carry them.</exception>
    public AcceptQueryMember(MediaRange range, params IEnumerable<MediaTypeParameter> parameters)
    {
        ArgumentNullException.ThrowIfNull(range);
        ArgumentNullException.ThrowIfNull(parameters);
        Range = range;
        _parameters = [.. parameters];

        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var parameter in _parameters)
        {
            ArgumentNullException.ThrowIfNull(parameter, nameof(parameters));
            if (!names.Add(parameter.Name))
                throw new ArgumentException($"The parameter '{parameter.Name}' occurs twice.", nameof(parameters));
            if (!SfSyntax.IsKey(parameter.Name))
                throw new ArgumentException($"'{parameter.Name}' is not a key (RFC 9651 §3.1.2).", nameof(parameters));
            if (!SfSyntax.IsString(parameter.Value))
                throw new ArgumentException($"The value of '{parameter.Name}' is not printable ASCII.", nameof(parameters));
        }
    }

    // The parser has validated these: each name occurs once.
    internal AcceptQueryMember(MediaRange range, OrderedDictionary<string, string?> parameters)
    {
        Range = range;
        _parameters = [.. parameters.Select(parameter => new MediaTypeParameter(parameter.Key, parameter.Value!))];
    }

    /// <summary>The media range.</summary>
    public MediaRange Range { get; }

    /// <summary>The parameters that a media type must have, in the order given, each name once.</summary>
    public IReadOnlyList<MediaTypeParameter> Parameters => _parameters;

    /// <summary>Returns whether a media type is in the range and has all the parameters. It may have other parameters too.</summary>
    /// <remarks>When a media type repeats a parameter, every occurrence must have the required value, because recipients differ in
    /// which occurrence they use.</remarks>
    /// <exception cref="ArgumentNullException"><paramref name="mediaType"/> is <see langword="null"/>.</exception>
    public bool Accepts(MediaType mediaType)
    {
        ArgumentNullException.ThrowIfNull(mediaType);
        if (!Range.Includes(mediaType)) return false;
        foreach (var wanted in _parameters)
        {
            var isPresent = false;
            foreach (var parameter in mediaType.Parameters)
            {
                if (parameter.Name != wanted.Name) continue;
                if (!parameter.Equals(wanted)) return false;
                isPresent = true;
            }

            if (!isPresent) return false;
        }

        return true;
    }

    /// <summary>Compares ranges, and parameters as sets.</summary>
    public bool Equals(AcceptQueryMember? other) =>
        other is not null && Range == other.Range && _parameters.Length == other._parameters.Length
        && (_parameters.Length == 0 || new HashSet<MediaTypeParameter>(_parameters).SetEquals(other._parameters));

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        // A sum, because the order of parameters does not count.
        var parameters = 0;
        foreach (var parameter in _parameters) parameters = unchecked(parameters + parameter.GetHashCode());
        return HashCode.Combine(Range, parameters);
    }

    /// <summary>The member as in an Accept-Query header: Tokens, or Strings where the text is not a Token.</summary>
    public override string ToString() => HeaderFormatter.ToString(this);

    void IHeaderFormattable.AppendTo(ref DefaultInterpolatedStringHandler text)
    {
        AppendTokenOrString(ref text, Range.ToString());
        foreach (var parameter in _parameters)
        {
            text.AppendLiteral(";");
            text.AppendLiteral(parameter.Name);
            text.AppendLiteral("=");
            AppendTokenOrString(ref text, parameter.Value);
        }
    }

    // The caller has checked that this media type is well formed. Each pass starts from a copy of the reader.
    internal bool Accepts(scoped in MediaTypeReader mediaType)
    {
        if (!Range.Includes(mediaType.Type, mediaType.Subtype)) return false;
        foreach (var wanted in _parameters)
        {
            var isPresent = false;
            var reader = mediaType;
            while (reader.ReadParameter())
            {
                if (!reader.ParameterNameEquals(wanted.Name)) continue;
                if (!reader.ParameterValueEquals(wanted.Value)) return false;
                isPresent = true;
            }

            if (!isPresent) return false;
        }

        return true;
    }

    // Accept has the syntax of Content-Type.
    internal MediaType ToMediaType() => new(Range.Type, Range.Subtype, _parameters);

    private static void AppendTokenOrString(ref DefaultInterpolatedStringHandler text, string value)
    {
        if (SfSyntax.IsToken(value)) text.AppendLiteral(value);
        else HeaderFormatter.AppendQuoted(ref text, value);
    }
}
