namespace HttpQuery.StructuredFields;

/// <summary>A Token: a word that needs no quotes, such as <c>application/json</c> (RFC 9651 §3.3.4). Tokens compare with case.</summary>
/// <remarks>The <see langword="default"/> is empty and cannot be written.</remarks>
public readonly record struct SfToken
{
    private readonly string? _value;

    /// <summary>Creates a Token.</summary>
    /// <param name="value">A letter or <c>*</c>, then letters, digits and any of <c>!#$%&amp;'*+-.^_`|~:/</c>.</param>
    /// <exception cref="ArgumentException"><paramref name="value"/> has another shape.</exception>
    public SfToken(string value)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (!SfSyntax.IsToken(value)) throw new ArgumentException($"'{value}' is not a Token (RFC 9651 §3.3.4).", nameof(value));
        _value = value;
    }

    /// <summary>The text.</summary>
    public string Value => _value ?? "";

    /// <summary>The Token as in a header: only the text.</summary>
    public override string ToString() => Value;
}
