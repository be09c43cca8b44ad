namespace HttpQuery.HeaderSyntax;

/// <summary>Enumerates the unescaped characters of a well-formed token or quoted-string (RFC 9110 §5.6.4).</summary>
internal ref struct QuotedStringEnumerator(ReadOnlySpan<char> raw)
{
    private readonly ReadOnlySpan<char> _text = raw is ['"', .., '"'] ? raw[1..^1] : raw;
    private readonly bool _isQuoted = raw is ['"', ..];
    private int _next;

    public char Current { get; private set; }

    public readonly QuotedStringEnumerator GetEnumerator() => this;

    public bool MoveNext()
    {
        if (_next == _text.Length) return false;
        if (_isQuoted && _text[_next] == '\\') _next++;
        Current = _text[_next++];
        return true;
    }
}
