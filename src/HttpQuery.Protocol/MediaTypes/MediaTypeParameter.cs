using System.Runtime.CompilerServices;
using HttpQuery.HeaderSyntax;

namespace HttpQuery;

/// <summary>One parameter of a media type, such as <c>charset=utf-8</c> (RFC 9110 §5.6.6).</summary>
/// <remarks>Names compare without case. Values compare with case, except for <c>charset</c> (RFC 9110 §8.3.2).</remarks>
public sealed record MediaTypeParameter : IHeaderFormattable
{
    /// <summary>Creates a parameter.</summary>
    /// <param name="name">A token, in any case.</param>
    /// <param name="value">The value without quotes or escapes. It may be empty.</param>
    /// <exception cref="ArgumentException"><paramref name="name"/> is not a token, or <paramref name="value"/> has a control
    /// character other than the tab.</exception>
    public MediaTypeParameter(string name, string value)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(value);
        if (!HttpSyntax.IsToken(name)) throw new ArgumentException($"'{name}' is not a parameter name: it must be a token.", nameof(name));
        if (!HttpSyntax.IsQuotable(value))
            throw new ArgumentException($"The value of '{name}' has a control character; a quoted-string allows none.", nameof(value));
        (Name, Value) = (HttpSyntax.ToLower(name), value);
    }

    // The reader has validated these.
    internal MediaTypeParameter(scoped in MediaTypeReader reader) =>
        (Name, Value) = (HttpSyntax.ToLower(reader.ParameterName), reader.GetParameterValue());

    /// <summary>The name in lower case.</summary>
    public string Name { get; }

    /// <summary>The value as given, without quotes and escapes. It may be empty.</summary>
    public string Value { get; }

    private bool IsCharset => Name is "charset";

    /// <summary>Compares as RFC 9110 does (see the remarks of the type).</summary>
    public bool Equals(MediaTypeParameter? other) =>
        other is not null && Name == other.Name && (IsCharset ? HttpSyntax.EqualsIgnoreCase(Value, other.Value) : Value == other.Value);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, IsCharset ? HttpSyntax.ToLower(Value) : Value);

    /// <summary>The parameter as in a Content-Type header, with quotes only if the value is not a token.</summary>
    public override string ToString() => HeaderFormatter.ToString(this);

    void IHeaderFormattable.AppendTo(ref DefaultInterpolatedStringHandler text) => AppendTo(ref text);

    internal void AppendTo(ref DefaultInterpolatedStringHandler text)
    {
        text.AppendLiteral(Name);
        text.AppendLiteral("=");
        if (HttpSyntax.IsToken(Value)) text.AppendLiteral(Value);
        else HeaderFormatter.AppendQuoted(ref text, Value);
    }
}
