using System.Runtime.CompilerServices;
using HttpQuery.HeaderSyntax;

namespace HttpQuery.StructuredFields;

/// <summary>A member of a List or a Dictionary: an <see cref="SfItem"/> or an <see cref="SfInnerList"/> (RFC 9651 §3.1, §3.2).</summary>
public abstract record SfMember : IHeaderFormattable
{
    private protected SfMember(SfParameters? parameters) => Parameters = parameters ?? SfParameters.Empty;

    /// <summary>The parameters. There may be none.</summary>
    public SfParameters Parameters { get; }

    /// <summary>The member as in a header.</summary>
    public sealed override string ToString() => HeaderFormatter.ToString(this);

    /// <summary>Writes the member as in a header.</summary>
    /// <param name="destination">Receives the text.</param>
    /// <param name="charsWritten">The length of the text; 0 on failure.</param>
    /// <returns><see langword="false"/> when <paramref name="destination"/> is too short.</returns>
    public bool TryFormat(Span<char> destination, out int charsWritten) => HeaderFormatter.TryFormat(this, destination, out charsWritten);

    void IHeaderFormattable.AppendTo(ref DefaultInterpolatedStringHandler text) => AppendTo(ref text);

    internal abstract void AppendTo(ref DefaultInterpolatedStringHandler text);
}
