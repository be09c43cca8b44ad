using System.Buffers;

namespace HttpQuery.StructuredFields;

/// <content>Bare items. Each is checked completely when it is read, so getting its value cannot fail (RFC 9651 §4.2.3.1).</content>
public ref partial struct SfReader
{
    private bool ReadBareItem()
    {
        if (IsAtEnd) return false;
        return _text[_position] switch
        {
            '-' or (>= '0' and <= '9') => ReadNumber(),
            '"' => ReadString(),
            ':' => ReadByteSequence(),
            '?' => ReadBoolean(),
            '@' => ReadDate(),
            '%' => ReadDisplayString(),
            var first => SfSyntax.IsTokenStart(first) && ReadToken(),
        };
    }

    private bool ReadToken()
    {
        var rest = _text[_position..];
        SetContent(SfItemType.Token, rest[..Length(rest, SfSyntax.TokenChars)]);
        _position += _content.Length;
        return true;
    }

    private bool ReadString()
    {
        var start = ++_position;
        while (true)
        {
            _position += Length(_text[_position..], SfSyntax.PlainStringChars);
            if (IsAtEnd) return false;
            if (_text[_position] == '"') break;

            // Only the quote and the backslash can be escaped.
            if (_text[_position] != '\\' || _position + 1 == _text.Length || _text[_position + 1] is not ('"' or '\\')) return false;
            _position += 2;
        }

        SetContent(SfItemType.String, _text[start.._position]);
        _position++;
        return true;
    }

    private bool ReadDisplayString()
    {
        if (_position + 1 == _text.Length || _text[_position + 1] != '"') return false;
        _position += 2;

        // The first quote is the end: a quote inside is escaped as %22.
        var length = _text[_position..].IndexOf('"');
        if (length < 0) return false;
        SetContent(SfItemType.DisplayString, _text.Slice(_position, length));
        _position += length + 1;

        var text = new DisplayStringEnumerator(_content);
        while (text.MoveNext())
        {
        }

        return !text.IsMalformed;
    }

    private bool ReadByteSequence()
    {
        var length = _text[++_position..].IndexOf(':');
        if (length < 0) return false;
        SetContent(SfItemType.ByteSequence, _text.Slice(_position, length));
        _position += length + 1;
        return Base64Decoder.IsWellFormed(_content);
    }

    private bool ReadBoolean()
    {
        _position++;
        if (!Next('0') && !Next('1')) return false;
        SetNumber(SfItemType.Boolean, _text[_position++] - '0');
        return true;
    }

    private void SetContent(SfItemType type, ReadOnlySpan<char> content)
    {
        _itemType = type;
        _content = content;
    }

    private void SetNumber(SfItemType type, long number) => (_itemType, _number) = (type, number);

    private static int Length(ReadOnlySpan<char> text, SearchValues<char> accepted) =>
        text.IndexOfAnyExcept(accepted) is var length and >= 0 ? length : text.Length;
}
