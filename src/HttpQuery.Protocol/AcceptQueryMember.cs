using System.Runtime.CompilerServices;
using HttpQuery.HeaderSyntax;
using HttpQuery.StructuredFields;

namespace HttpQuery;

/// <summary>One member of an <c>Accept-Query</c> field: a media range and the parameters that it asks for, such as
/// <c>text/csv;header=present</c> (RFC 10008 §3).</summary>
/// <remarks>Members are equal when range and parameters are; the order of the parameters does not count.</remarks>
public sealed record AcceptQueryMember : IHeaderFormattable
{
    private readonly MediaTypeParameter[] _parameters;

    /// <summary>Makes a member.</summary>
    /// <param name="range">The media range.</param>
    /// <param name="parameters">What a media type must have beside, each name once.</param>
    /// <exception cref="ArgumentException">A name comes twice, or is no key of RFC 9651 §3.1.2 (a letter or <c>*</c>, then letters,
    /// digits, <c>_</c>, <c>-</c>, <c>.</c> and <c>*</c>), or a value has a character that is not printable ASCII: this field
    /// cannot say it.</exception>
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
                throw new ArgumentException($"The parameter '{parameter.Name}' comes twice.", nameof(parameters));
            if (!SfSyntax.IsKey(parameter.Name))
                throw new ArgumentException($"'{parameter.Name}' is no key (RFC 9651 §3.1.2).", nameof(parameters));
            if (!SfSyntax.IsString(parameter.Value))
                throw new ArgumentException($"The value of '{parameter.Name}' is not printable ASCII.", nameof(parameters));
        }
    }

    // What the reader found: valid already, each name once.
    internal AcceptQueryMember(MediaRange range, OrderedDictionary<string, string?> parameters)
    {
        Range = range;
        _parameters = [.. parameters.Select(parameter => new MediaTypeParameter(parameter.Key, parameter.Value!))];
    }

    /// <summary>The media range.</summary>
    public MediaRange Range { get; }

    /// <summary>What a media type must have beside, in the order given, each name once.</summary>
    public IReadOnlyList<MediaTypeParameter> Parameters => _parameters;

    /// <summary>Tells whether a media type lies within the range and has all of the parameters; it may have others.</summary>
    /// <remarks>A media type that has a parameter of this name twice must have this value in both: otherwise recipients differ in
    /// which one they take.</remarks>
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

    /// <summary>Compares as sets: see the remarks of the type.</summary>
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

    /// <summary>The member as the Accept-Query field has it: Tokens, and Strings where the text is no Token.</summary>
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

    // The caller has checked that the media type of this reader is well formed; each pass starts from a copy of it.
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

    // The same as a media type: Accept has the syntax of Content-Type.
    internal MediaType ToMediaType() => new(Range.Type, Range.Subtype, _parameters);

    private static void AppendTokenOrString(ref DefaultInterpolatedStringHandler text, string value)
    {
        if (SfSyntax.IsToken(value)) text.AppendLiteral(value);
        else HeaderFormatter.AppendQuoted(ref text, value);
    }
}
