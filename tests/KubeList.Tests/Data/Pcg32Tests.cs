using KubeList.Data;

namespace KubeList.Tests.Data;

/// <summary>The generator gives the numbers that its inventor published.</summary>
public class Pcg32Tests
{
    [Fact]
    public void Seed_42_in_stream_54_gives_the_published_numbers()
    {
        var random = new Pcg32(42, 54);
        uint[] drawn = [.. Enumerable.Range(0, 6).Select(_ => random.Next())];
        Assert.Equal([0xa15c02b7, 0x7b47f409, 0xba1d3330, 0x83d2f293, 0xbfa4784b, 0xcbed606e], drawn);
    }

    [Fact]
    public void Every_result_below_a_bound_comes_about()
    {
        var random = new Pcg32(1, 1);
        Assert.Equal(Enumerable.Range(0, 7), Enumerable.Range(0, 1000).Select(_ => random.Below(7)).Distinct().Order());
    }
}
