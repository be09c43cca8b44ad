using HttpQuery.StructuredFields;

namespace HttpQuery.Protocol.Tests.Support;

/// <summary>Builds values of what <see cref="SfReader"/> reports, with plain lists and public constructors alone.</summary>
internal static class SfModel
{
    private sealed record Node(string Key, SfBareItem? Value, List<Node>? Items, List<Node> Parameters);

    public static SfList? List(string text) => Read(text, SfFieldType.List) is { } nodes ? new SfList(nodes.Select(ToMember)) : null;

    public static SfDictionary? Dictionary(string text) =>
        Read(text, SfFieldType.Dictionary) is { } nodes ? new SfDictionary(LastOfEachKey(nodes, ToMember)) : null;

    public static SfItem? Item(string text) => Read(text, SfFieldType.Item) is { } nodes ? ToItem(nodes.Single()) : null;

    private static List<Node>? Read(string text, SfFieldType fieldType)
    {
        var (members, current) = (new List<Node>(), new List<Node>());
        Node? innerList = null;
        Node? last = null;
        var reader = new SfReader(text, fieldType);
        while (reader.Read())
        {
            switch (reader.NodeType)
            {
                case SfNodeType.Parameter:
                    last!.Parameters.Add(new(reader.Key.ToString(), Value(reader), null, []));
                    break;
                case SfNodeType.Item:
                    (innerList?.Items ?? members).Add(last = new(reader.Key.ToString(), Value(reader), null, []));
                    break;
                case SfNodeType.InnerListStart:
                    members.Add(innerList = new(reader.Key.ToString(), null, [], []));
                    break;
                default:
                    (last, innerList) = (innerList, null);
                    break;
            }
        }

        return reader.IsMalformed ? null : members;
    }

    private static SfBareItem Value(scoped in SfReader reader) => reader.ItemType switch
    {
        SfItemType.Integer => new(reader.GetInteger()),
        SfItemType.Decimal => new(reader.GetDecimal()),
        SfItemType.String => new(reader.GetText()),
        SfItemType.Token => new(new SfToken(reader.GetText())),
        SfItemType.ByteSequence => new(reader.GetBytes()),
        SfItemType.Boolean => new(reader.GetBoolean()),
        SfItemType.Date => new(reader.GetDate()),
        _ => new(new SfDisplayString(reader.GetText())),
    };

    private static SfMember ToMember(Node node) =>
        node.Items is null ? ToItem(node) : new SfInnerList(node.Items.Select(ToItem), ToParameters(node));

    private static SfItem ToItem(Node node) => new(node.Value!.Value, ToParameters(node));

    private static SfParameters ToParameters(Node node) => new(LastOfEachKey(node.Parameters, parameter => parameter.Value!.Value));

    // GroupBy keeps the place of the first.
    private static IEnumerable<KeyValuePair<string, T>> LastOfEachKey<T>(List<Node> nodes, Func<Node, T> select) =>
        nodes.GroupBy(node => node.Key).Select(group => KeyValuePair.Create(group.Key, select(group.Last())));
}
