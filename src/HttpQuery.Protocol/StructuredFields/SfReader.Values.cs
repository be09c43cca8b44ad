namespace HttpQuery.StructuredFields;

/// <content>The value of the current node. These members do not move the reader.</content>
public ref partial struct SfReader
{
    /// <summary>The type of the value of the <see cref="SfNodeType.Item"/> or <see cref="SfNodeType.Parameter"/>.</summary>
    /// <exception cref="InvalidOperationException">The current node is neither.</exception>
    public readonly SfItemType ItemType => NodeType is SfNodeType.Item or SfNodeType.Parameter
        ? _itemType
        : throw new InvalidOperationException($"The node {NodeType} has no value; {SfNodeType.Item} and {SfNodeType.Parameter} have.");

    /// <summary>The text of a String, Token, Byte Sequence or Display String as written between its delimiters, with escapes
    /// and base64 undecoded.</summary>
    /// <exception cref="InvalidOperationException">The value has another type.</exception>
    public readonly ReadOnlySpan<char> RawText => ItemType
        is SfItemType.String or SfItemType.Token or SfItemType.ByteSequence or SfItemType.DisplayString
        ? _content
        : throw WrongType("text");

    /// <summary>The value of an Integer, from -999,999,999,999,999 to 999,999,999,999,999.</summary>
    /// <exception cref="InvalidOperationException">The value has another type.</exception>
    public readonly long GetInteger() => ItemType is SfItemType.Integer ? _number : throw WrongType(nameof(SfItemType.Integer));

    /// <summary>The value of a Decimal, exact to the thousandth.</summary>
    /// <exception cref="InvalidOperationException">The value has another type.</exception>
    public readonly decimal GetDecimal() =>
        ItemType is SfItemType.Decimal ? _number / 1000m : throw WrongType(nameof(SfItemType.Decimal));

    /// <summary>The value of a Boolean. A key without a value is <see langword="true"/>.</summary>
    /// <exception cref="InvalidOperationException">The value has another type.</exception>
    public readonly bool GetBoolean() => ItemType is SfItemType.Boolean ? _number != 0 : throw WrongType(nameof(SfItemType.Boolean));

    /// <summary>The value of a Date.</summary>
    /// <exception cref="InvalidOperationException">The value has another type.</exception>
    public readonly SfDate GetDate() => ItemType is SfItemType.Date ? new(_number) : throw WrongType(nameof(SfItemType.Date));

    /// <summary>The value of a String, Token or Display String as a new string, without escapes.</summary>
    /// <exception cref="InvalidOperationException">The value has another type.</exception>
    public readonly string GetText()
    {
        if (!HasEscapes) return _content.ToString();
        var text = new char[_content.Length];
        return TryCopyText(text, out var length) ? new(text, 0, length) : throw new InvalidOperationException("Unescaped text grew.");
    }

    /// <summary>Copies the value of a String, Token or Display String, without escapes.</summary>
    /// <param name="destination">The length of <see cref="RawText"/> is always enough.</param>
    /// <param name="charsWritten">The length of the text. 0 on failure.</param>
    /// <returns><see langword="false"/> when <paramref name="destination"/> is too short.</returns>
    /// <exception cref="InvalidOperationException">The value has another type.</exception>
    public readonly bool TryCopyText(Span<char> destination, out int charsWritten)
    {
        charsWritten = 0;
        if (!HasEscapes)
        {
            if (!_content.TryCopyTo(destination)) return false;
            charsWritten = _content.Length;
            return true;
        }

        var length = 0;
        var text = new SfTextEnumerator(_content, _itemType);
        while (text.MoveNext())
        {
            if (!text.Current.TryEncodeToUtf16(destination[length..], out var written)) return false;
            length += written;
        }

        charsWritten = length;
        return true;
    }

    /// <summary>Compares the value of a String, Token or Display String, without escapes. Case counts.</summary>
    /// <exception cref="InvalidOperationException">The value has another type.</exception>
    public readonly bool TextEquals(ReadOnlySpan<char> other)
    {
        if (!HasEscapes) return _content.SequenceEqual(other);
        Span<char> utf16 = stackalloc char[2];
        var text = new SfTextEnumerator(_content, _itemType);
        while (text.MoveNext())
        {
            var length = text.Current.EncodeToUtf16(utf16);
            if (!other.StartsWith(utf16[..length])) return false;
            other = other[length..];
        }

        return other.IsEmpty;
    }

    /// <summary>The bytes of a Byte Sequence as a new array.</summary>
    /// <exception cref="InvalidOperationException">The value has another type.</exception>
    public readonly byte[] GetBytes()
    {
        var bytes = new byte[Base64Decoder.DecodedLength(Base64Content)];
        Base64Decoder.Decode(_content, bytes);
        return bytes;
    }

    /// <summary>Copies the bytes of a Byte Sequence.</summary>
    /// <param name="destination">Three quarters of the length of <see cref="RawText"/> are always enough.</param>
    /// <param name="bytesWritten">The number of bytes. 0 on failure.</param>
    /// <returns><see langword="false"/> when <paramref name="destination"/> is too short.</returns>
    /// <exception cref="InvalidOperationException">The value has another type.</exception>
    public readonly bool TryCopyBytes(Span<byte> destination, out int bytesWritten)
    {
        bytesWritten = 0;
        var length = Base64Decoder.DecodedLength(Base64Content);
        if (length > destination.Length) return false;
        Base64Decoder.Decode(_content, destination[..length]);
        bytesWritten = length;
        return true;
    }

    private readonly ReadOnlySpan<char> Base64Content =>
        ItemType is SfItemType.ByteSequence ? _content : throw WrongType(nameof(SfItemType.ByteSequence));

    private readonly bool HasEscapes => ItemType switch
    {
        SfItemType.Token => false,
        SfItemType.String => _content.Contains('\\'),
        SfItemType.DisplayString => _content.Contains('%'),
        _ => throw WrongType("text to unescape"),
    };

    private readonly InvalidOperationException WrongType(string expected) =>
        new($"The value is of type {_itemType}, not {expected}.");
}
