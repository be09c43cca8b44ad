using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace HttpQuery.StructuredFields;

/// <summary>An Item: a value with its parameters, such as <c>5;unit=ms</c> (RFC 9651 §3.3).</summary>
public sealed record SfItem : SfMember
{
    /// <summary>Creates an Item.</summary>
    /// <param name="value">The value.</param>
    /// <param name="parameters">The parameters. Default none.</param>
    public SfItem(SfBareItem value, SfParameters? parameters = null)
        : base(parameters) => Value = value;

    /// <summary>The value without the parameters.</summary>
    public SfBareItem Value { get; }

    /// <summary>Parses a header that is defined as an Item (RFC 9651 §4.2.3).</summary>
    /// <param name="text">The header value.</param>
    /// <param name="item">The Item, or <see langword="null"/> when <paramref name="text"/> is malformed.</param>
    /// <returns><see langword="true"/> when all of <paramref name="text"/> is one Item.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out SfItem? item) => SfParser.TryParseItem(text, out item);

    /// <summary>Parses the lines of a header that is defined as an Item. More than one line is usually malformed.</summary>
    /// <param name="lines">The header lines in order.</param>
    /// <param name="item">The Item, or <see langword="null"/> when the lines are malformed.</param>
    /// <returns><see langword="true"/> when the lines, joined with <c>", "</c>, are one Item.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="lines"/> is <see langword="null"/>.</exception>
    public static bool TryParse(IEnumerable<string?> lines, [NotNullWhen(true)] out SfItem? item)
    {
        ArgumentNullException.ThrowIfNull(lines);
        return TryParse(string.Join(", ", lines), out item);
    }

    internal override void AppendTo(ref DefaultInterpolatedStringHandler text)
    {
        Value.AppendTo(ref text);
        Parameters.AppendTo(ref text);
    }
}
