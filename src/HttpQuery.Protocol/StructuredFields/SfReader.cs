namespace HttpQuery.StructuredFields;

/// <summary>Reads a structured field from left to right, strictly and without allocating (RFC 9651 §4.2).</summary>
/// <remarks>
/// <para>Each <see cref="Read"/> moves to the next node. A repeated key is reported each time, and its last value counts
/// (RFC 9651 §4.2.2, §4.2.3.2). <see cref="SfDictionary"/> and <see cref="SfParameters"/> apply that rule.</para>
/// <para>If any part of a field is malformed, ignore all of it. So use values only after <see cref="Read"/> has returned
/// <see langword="false"/> and <see cref="IsMalformed"/> is <see langword="false"/> too.</para>
/// <para>Sizes are unlimited here: HTTP servers and clients limit the total size of headers.</para>
/// </remarks>
/// <example>
/// <code>
/// var reader = new SfReader("text/csv;header=present, \"application/sql\"", SfFieldType.List);
/// while (reader.Read())
///     if (reader.NodeType is SfNodeType.Item) Console.WriteLine(reader.GetText());
/// </code>
/// </example>
public ref partial struct SfReader
{
    private readonly ReadOnlySpan<char> _text;
    private readonly SfFieldType _fieldType;
    private int _position;
    private bool _isStarted;
    private bool _isInInnerList;
    private SfItemType _itemType;

    // The value of an Integer, Date or Boolean, or a Decimal in thousandths.
    private long _number;

    // The text between the delimiters of a String, Token, Byte Sequence or Display String, with escapes and padding.
    private ReadOnlySpan<char> _content;

    /// <summary>Creates a reader before the first node.</summary>
    /// <param name="text">The header value. Join several header lines with <c>", "</c> first (RFC 9651 §4.2).</param>
    /// <param name="fieldType">The type that the definition of the header names.</param>
    public SfReader(ReadOnlySpan<char> text, SfFieldType fieldType)
    {
        _text = text;
        _fieldType = fieldType;
    }

    /// <summary>Whether reading ended because the text is malformed.</summary>
    public bool IsMalformed { get; private set; }

    /// <summary>The kind of the current node.</summary>
    public SfNodeType NodeType { get; private set; }

    /// <summary>The key of the current dictionary member or parameter; otherwise empty.</summary>
    public ReadOnlySpan<char> Key { get; private set; }

    private readonly bool IsAtEnd => _position == _text.Length;

    /// <summary>Moves to the next node.</summary>
    /// <returns><see langword="false"/> at the end of the field, or when it is malformed: see <see cref="IsMalformed"/>.</returns>
    public bool Read()
    {
        if (IsMalformed) return false;
        var mayHaveParameters = NodeType is SfNodeType.Item or SfNodeType.InnerListEnd or SfNodeType.Parameter;
        Key = default;
        var isWellFormed = mayHaveParameters && Next(';') ? ReadParameter()
            : _isInInnerList ? ReadInnerListMember()
            : ReadMember();
        if (isWellFormed) return NodeType is not SfNodeType.None;

        IsMalformed = true;
        NodeType = SfNodeType.None;
        Key = default;
        return false;
    }

    // These return false for malformed text. The end of the field is well formed: true, with the node None.
    private bool ReadMember()
    {
        NodeType = SfNodeType.None;
        if (!_isStarted)
        {
            _isStarted = true;
            SkipSpaces();
            if (IsAtEnd) return _fieldType is not SfFieldType.Item;
        }
        else if (_fieldType is SfFieldType.Item)
        {
            SkipSpaces();
            return IsAtEnd;
        }
        else
        {
            SkipWhitespace();
            if (IsAtEnd) return true;
            if (!Consume(',')) return false;
            SkipWhitespace();
            if (IsAtEnd) return false;
        }

        return _fieldType switch
        {
            SfFieldType.Item => ReadItem(),
            SfFieldType.List => ReadItemOrInnerList(),
            _ => ReadKey() && (Consume('=') ? ReadItemOrInnerList() : ReadTrue(SfNodeType.Item)),
        };
    }

    private bool ReadItemOrInnerList()
    {
        if (!Consume('(')) return ReadItem();
        NodeType = SfNodeType.InnerListStart;
        return _isInInnerList = true;
    }

    private bool ReadInnerListMember()
    {
        // A space must separate items. None is needed after the opening parenthesis.
        if (NodeType is not SfNodeType.InnerListStart && !Next(' ') && !Next(')')) return false;
        SkipSpaces();
        if (!Consume(')')) return ReadItem();

        _isInInnerList = false;
        NodeType = SfNodeType.InnerListEnd;
        return true;
    }

    private bool ReadParameter()
    {
        _position++;
        SkipSpaces();
        if (!ReadKey()) return false;
        if (!Consume('=')) return ReadTrue(SfNodeType.Parameter);
        NodeType = SfNodeType.Parameter;
        return ReadBareItem();
    }

    private bool ReadItem()
    {
        NodeType = SfNodeType.Item;
        return ReadBareItem();
    }

    private bool ReadKey()
    {
        var rest = _text[_position..];
        if (rest.IsEmpty || !SfSyntax.IsKeyStart(rest[0])) return false;
        Key = rest[..Length(rest, SfSyntax.KeyChars)];
        _position += Key.Length;
        return true;
    }

    // A key without a value is true (RFC 9651 §4.2.2, §4.2.3.2).
    private bool ReadTrue(SfNodeType nodeType)
    {
        NodeType = nodeType;
        _itemType = SfItemType.Boolean;
        _number = 1;
        return true;
    }

    private readonly bool Next(char expected) => _position < _text.Length && _text[_position] == expected;

    private bool Consume(char expected)
    {
        if (!Next(expected)) return false;
        _position++;
        return true;
    }

    private void SkipSpaces()
    {
        while (Next(' ')) _position++;
    }

    private void SkipWhitespace()
    {
        while (Next(' ') || Next('\t')) _position++;
    }
}
