using System.Diagnostics.CodeAnalysis;
using HttpQuery.StructuredFields;

namespace HttpQuery;

/// <summary>Parses the members of an Accept-Query header, Tokens and Strings alike (RFC 10008 §3).</summary>
internal static class AcceptQueryParser
{
    internal static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out List<AcceptQueryMember>? members)
    {
        members = [];
        var reader = new SfReader(text, SfFieldType.List);
        MediaRange? range = null;
        OrderedDictionary<string, string?>? parameters = null;
        var isAccepted = true;

        while (isAccepted && reader.Read())
        {
            if (reader.NodeType is SfNodeType.Parameter)
            {
                // The last value of a repeated key counts, so a wrong type (null here) is judged after all are read.
                (parameters ??= new(StringComparer.Ordinal))[reader.Key.ToString()] = TextOf(reader);
                continue;
            }

            isAccepted = TryAddMember(members, range, parameters)
                && reader.NodeType is SfNodeType.Item
                && MediaRange.TryParse(TextOf(reader), out range);
            parameters = null;
        }

        if (isAccepted && !reader.IsMalformed && TryAddMember(members, range, parameters)) return true;
        members = null;
        return false;
    }

    // The parameters of a member are complete when the next member starts or the header ends.
    private static bool TryAddMember(List<AcceptQueryMember> members, MediaRange? range, OrderedDictionary<string, string?>? parameters)
    {
        if (range is null) return true;
        if (parameters is null) members.Add(new(range));
        else if (parameters.ContainsValue(null)) return false;
        else members.Add(new(range, parameters));
        return true;
    }

    private static string? TextOf(scoped in SfReader reader) =>
        reader.ItemType is SfItemType.String or SfItemType.Token ? reader.GetText() : null;
}
