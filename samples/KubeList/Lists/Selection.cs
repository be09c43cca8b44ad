using KubeList.Store;

namespace KubeList.Lists;

/// <summary>Finds the items of a page: by look-up where the query names objects, else by scanning its range.</summary>
internal static class Selection
{
    // Often enough that a client which has gone does not keep a processor, seldom enough to cost nothing.
    private const int CancellationInterval = 1024;

    /// <summary>The matching items from <paramref name="startKey"/> on, one more than the limit where there are more.</summary>
    public static List<KubeObject> Find(
        ResourceSnapshot snapshot, ListRequest request, ReadOnlySpan<byte> startKey, CancellationToken cancellation)
    {
        var (start, end) = snapshot.RangeOf(request.Namespace);
        start = Math.Max(start, snapshot.LowerBound(startKey));
        var wanted = request.Limit is > 0 and < int.MaxValue ? (int)request.Limit + 1 : int.MaxValue;

        var found = new List<KubeObject>();
        var positions = LookUp(snapshot, request, start, end);
        var count = positions?.Count ?? end - start;
        for (var i = 0; i < count && found.Count < wanted; i++)
        {
            if (i % CancellationInterval == 0) cancellation.ThrowIfCancellationRequested();
            var item = snapshot.Objects[positions is null ? start + i : positions[i]];
            if (request.Labels.Matches(item.Labels) && request.Fields.Matches(item.Fields)) found.Add(item);
        }

        return found;
    }

    // The positions, in order, of the objects that a requirement names; null when none does so.
    private static List<int>? LookUp(ResourceSnapshot snapshot, ListRequest request, int start, int end)
    {
        var naming = request.Fields.Requirements
            .Where(requirement => requirement.IsIn && Precedence(requirement.Field, request.Namespace) > 0)
            .MaxBy(requirement => Precedence(requirement.Field, request.Namespace));
        if (naming is null) return null;

        var positions = new List<int>();
        foreach (var value in naming.Values.Distinct)
        {
            if (naming.Field == ResourceKind.UidField) snapshot.Uids.Collect(value, start, end, positions);
            else if (naming.Field == ResourceKind.NameField) snapshot.Names.Collect(value, start, end, positions);
            else AddNamespace(snapshot, value, start, end, positions);
        }

        positions.Sort();
        return positions;
    }

    // The narrowest first; a namespace narrows only where all are listed.
    private static int Precedence(int field, string? @namespace) => field switch
    {
        ResourceKind.UidField => 3,
        ResourceKind.NameField => 2,
        ResourceKind.NamespaceField when @namespace is null => 1,
        _ => 0,
    };

    private static void AddNamespace(ResourceSnapshot snapshot, string @namespace, int start, int end, List<int> positions)
    {
        var range = snapshot.RangeOf(@namespace);
        for (var i = Math.Max(start, range.Start); i < Math.Min(end, range.End); i++) positions.Add(i);
    }
}
