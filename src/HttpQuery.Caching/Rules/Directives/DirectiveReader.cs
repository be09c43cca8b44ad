using HttpQuery.Caching.Headers;

namespace HttpQuery.Caching.Rules;

/// <summary>Reads the directives of one Cache-Control line from left to right without allocating (RFC 9111 §5.2).</summary>
/// <remarks><c>cache-directive = token [ "=" ( token / quoted-string ) ]</c>. Malformed text after the name makes the argument
/// unreadable, and so does an unclosed quote for the rest of the line. With an unreadable argument, a directive that forbids something
/// still counts, and one that allows something does not.</remarks>
internal ref struct DirectiveReader(ReadOnlySpan<char> line)
{
    private ReadOnlySpan<char> _rest = line;
    private bool _isBroken;

    /// <summary>The name in its received spelling.</summary>
    public ReadOnlySpan<char> Name { get; private set; }

    /// <summary>Whether any text follows the name.</summary>
    public bool HasArgument { get; private set; }

    /// <summary>The argument without its quotes; empty if <see cref="IsMalformed"/>.</summary>
    public ReadOnlySpan<char> Argument { get; private set; }

    /// <summary>Whether the argument cannot be read.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>Moves to the next directive and skips members without a name.</summary>
    public bool Read()
    {
        while (true)
        {
            _rest = _rest.TrimStart(" \t,");
            if (_rest.IsEmpty) return false;
            var end = EndOfDirective(_rest);
            var directive = _rest[..end].TrimEnd(HttpSyntax.Whitespace);
            _rest = _rest[end..];

            var length = HttpSyntax.TokenLength(directive);
            if (length == 0) continue;
            Name = directive[..length];
            ReadArgument(directive[length..]);
            return true;
        }
    }

    private void ReadArgument(ReadOnlySpan<char> text)
    {
        HasArgument = !text.IsEmpty;
        Argument = text is ['=', .. var argument] ? argument : [];
        if (Argument is ['"', .., '"'] && HttpSyntax.QuotedStringLength(Argument) == Argument.Length) Argument = Argument[1..^1];
        else if (!HttpSyntax.IsToken(Argument)) Argument = [];

        // An escape is legal, but no meaningful argument needs one.
        if (Argument.Contains('\\')) Argument = [];
        IsMalformed = _isBroken || (HasArgument && Argument.IsEmpty);
        if (IsMalformed) Argument = [];
    }

    private int EndOfDirective(ReadOnlySpan<char> text)
    {
        var position = 0;
        while (text[position..].IndexOfAny(',', '"') is var plain and >= 0)
        {
            position += plain;
            if (text[position] == ',') return position;
            var quoted = _isBroken ? 0 : HttpSyntax.QuotedStringLength(text[position..]);
            _isBroken |= quoted == 0;
            position += Math.Max(quoted, 1);
        }

        return text.Length;
    }
}
