using System.Diagnostics.CodeAnalysis;

namespace HttpQuery.StructuredFields;

/// <summary>Builds values from the nodes of an <see cref="SfReader"/>. It reads one node ahead, because the parameters of a
/// member end at the next node that is not a parameter.</summary>
internal ref struct SfParser
{
    private SfReader _reader;

    private SfParser(ReadOnlySpan<char> text, SfFieldType fieldType)
    {
        _reader = new(text, fieldType);
        _reader.Read();
    }

    private readonly SfNodeType Node => _reader.NodeType;

    internal static bool TryParseItem(ReadOnlySpan<char> text, [NotNullWhen(true)] out SfItem? item)
    {
        var parser = new SfParser(text, SfFieldType.Item);
        item = parser.Node is SfNodeType.Item ? parser.ReadItem() : null;
        if (parser._reader.IsMalformed) item = null;
        return item is not null;
    }

    internal static bool TryParseList(ReadOnlySpan<char> text, [NotNullWhen(true)] out SfList? list)
    {
        var parser = new SfParser(text, SfFieldType.List);
        var members = new List<SfMember>();
        while (parser.Node is not SfNodeType.None) members.Add(parser.ReadMember());
        list = parser._reader.IsMalformed ? null : new(members);
        return list is not null;
    }

    internal static bool TryParseDictionary(ReadOnlySpan<char> text, [NotNullWhen(true)] out SfDictionary? dictionary)
    {
        var parser = new SfParser(text, SfFieldType.Dictionary);
        var members = new OrderedDictionary<string, SfMember>(StringComparer.Ordinal);
        while (parser.Node is not SfNodeType.None)
        {
            // Setting an existing key keeps its position (RFC 9651 §4.2.2).
            var key = parser._reader.Key.ToString();
            members[key] = parser.ReadMember();
        }

        dictionary = parser._reader.IsMalformed ? null : new(members);
        return dictionary is not null;
    }

    private SfMember ReadMember() => Node is SfNodeType.InnerListStart ? ReadInnerList() : ReadItem();

    private SfInnerList ReadInnerList()
    {
        var items = new List<SfItem>();
        _reader.Read();
        while (Node is SfNodeType.Item) items.Add(ReadItem());

        // The end of the inner list. Malformed text has no end, and its members are discarded.
        _reader.Read();
        return new(items, ReadParameters());
    }

    private SfItem ReadItem()
    {
        var value = SfBareItem.FromReader(_reader);
        _reader.Read();
        return new(value, ReadParameters());
    }

    private SfParameters? ReadParameters()
    {
        if (Node is not SfNodeType.Parameter) return null;
        var parameters = new OrderedDictionary<string, SfBareItem>(StringComparer.Ordinal);
        do
        {
            // As with members, the last value counts (RFC 9651 §4.2.3.2).
            parameters[_reader.Key.ToString()] = SfBareItem.FromReader(_reader);
        }
        while (_reader.Read() && Node is SfNodeType.Parameter);

        return new(parameters);
    }
}
