namespace KubeList.Selectors;

/// <summary>Cuts the text of a label selector into its tokens. There is no quoting; white space separates.</summary>
internal ref struct LabelSelectorLexer(ReadOnlySpan<char> text)
{
    private const string Specials = "=!(),<>";
    private const string Spaces = " \t\r\n";

    private readonly ReadOnlySpan<char> _text = text;
    private int _position;

    /// <summary>The next token: a special character (<c>==</c> and <c>!=</c> are one token), a word, or nothing at the end.</summary>
    public ReadOnlySpan<char> Next()
    {
        while (_position < _text.Length && Spaces.Contains(_text[_position])) _position++;
        if (_position == _text.Length) return [];

        var start = _position++;
        if (!Specials.Contains(_text[start]))
            while (_position < _text.Length && !Specials.Contains(_text[_position]) && !Spaces.Contains(_text[_position])) _position++;
        else if (_text[start] is '=' or '!' && _position < _text.Length && _text[_position] == '=') _position++;
        return _text[start.._position];
    }

    /// <summary>Whether <paramref name="token"/> is a word, which may stand as key or value.</summary>
    public static bool IsWord(ReadOnlySpan<char> token) => !token.IsEmpty && !Specials.Contains(token[0]);
}
