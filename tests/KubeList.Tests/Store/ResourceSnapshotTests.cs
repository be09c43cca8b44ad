using KubeList.Store;
using KubeList.Tests.Lists;

namespace KubeList.Tests.Store;

/// <summary>Snapshots: their order, their ranges, and that a change leaves the one before as it is.</summary>
public class ResourceSnapshotTests
{
    private static readonly (string Namespace, string Name)[] Sorted =
        [("a-b", "x"), ("a.b", "x"), ("a", "x"), ("a", "x-1"), ("a", "é"), ("a", "\uffee"), ("a", "𐐀"), ("a0", "x"), ("b", "a")];

    [Fact]
    public void Objects_stand_in_the_order_of_their_octets_whatever_order_they_came_in()
    {
        Assert.Equal(Sorted, Names(ResourceSnapshot.Create(Enumerable.Reverse(Sorted).Select(Pod))));
        Assert.Equal(Sorted, Names(Enumerable.Reverse(Sorted).Select(Pod).Aggregate(ResourceSnapshot.Empty, (snapshot, pod) => snapshot.With(pod))));
    }

    [Fact]
    public void Of_several_objects_of_one_name_the_last_stays()
    {
        var snapshot = ResourceSnapshot.Create([Pod(("a", "x")), Pod(("a", "y")), Pod(("a", "x")) with { Revision = 7 }]);
        Assert.Equal([7L, 1L], snapshot.Objects.ToArray().Select(item => item.Revision));
    }

    [Theory]
    [InlineData("a", 2, 7)]
    [InlineData("a-b", 0, 1)]
    [InlineData("a0", 7, 8)]
    [InlineData("b", 8, 9)]
    [InlineData("aa", 8, 8)]
    [InlineData("", 0, 0)]
    [InlineData(null, 0, 9)]
    public void A_namespace_is_a_range_without_its_neighbours(string? @namespace, int start, int end) =>
        Assert.Equal((start, end), ResourceSnapshot.Create(Sorted.Select(Pod)).RangeOf(@namespace));

    [Fact]
    public void A_change_makes_another_snapshot_and_leaves_the_first()
    {
        var before = ResourceSnapshot.Create(Sorted.Select(Pod));
        var less = before.Without("a", "é");
        var replaced = before.With(Pod(("a", "x")) with { Revision = 9 });
        Assert.Equal(Sorted.Length - 1, less.Objects.Length);
        Assert.Null(less.Find("a", "é"));
        Assert.Equal(Sorted.Length, replaced.Objects.Length);
        Assert.Equal(9, replaced.Find("a", "x")!.Revision);
        Assert.Equal(Sorted, Names(before));
        Assert.Equal(1, before.Find("a", "x")!.Revision);
    }

    private static KubeObject Pod((string Namespace, string Name) key) =>
        ObjectParser.Parse(ResourceKind.Pods, ListContentTests.PodJson(key.Namespace, key.Name), revision: 1);

    private static IEnumerable<(string, string)> Names(ResourceSnapshot snapshot) =>
        snapshot.Objects.ToArray().Select(item => (item.Namespace, item.Name));
}
