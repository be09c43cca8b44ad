namespace HttpQuery.Caching.Tests.Epochs;

/// <summary>Invalidation by epochs and markers (docs/caching.md): in no order of events is anything served that is older than an invalidation which has been answered.</summary>
public class StoreEpochsSearchTests(ITestOutputHelper output)
{
    private static readonly Dictionary<string, SearchScenario> Scenarios = new()
    {
        ["one, from its beginning"] = new() { Storing = [0], Invalidating = [1], IsSlow = true },
        ["two on one machine"] = new() { Storing = [0, 0], Invalidating = [0] },
        ["two"] = new() { Storing = [0, 1], Invalidating = [1] },
        ["two, from their beginning"] = new() { Storing = [0, 1], Invalidating = [2], IsSlow = true },
        ["stored before"] = new() { Storing = [0, 1], Invalidating = [1], Start = SearchedStart.Epoch },
        ["invalidated before"] = new() { Storing = [0, 1], Invalidating = [2], Start = SearchedStart.Invalidated },
        ["one item lost"] = new() { Storing = [0, 1], Invalidating = [2], Losses = 1, IsSlow = true },
        ["one item lost, same machine"] = new() { Storing = [0], Invalidating = [1], Reading = 1, Losses = 1 },
        ["a write fails"] = new() { Storing = [0], Invalidating = [1], FailedWrites = 1 },
        ["a write fails, same machine"] = new() { Storing = [0], Invalidating = [1], Reading = 1, FailedWrites = 1 },
        ["an hour passes"] = new() { Storing = [0, 1], Invalidating = [2], Hours = 1 },
        ["a known tag"] = new() { Storing = [0, 1], Invalidating = [2], Tag = SearchedTag.OfRequest },
        ["a tag of the response"] = new() { Storing = [0, 1], Invalidating = [2], Tag = SearchedTag.OfResponse },
        ["two invalidations"] = new() { Storing = [0, 1], Invalidating = [1, 2] },
        ["three"] = new() { Storing = [0, 0, 1], Invalidating = [2] },
        ["three, one item lost"] = new() { Storing = [0, 0, 1], Invalidating = [2], Losses = 1 },
    };

    private static int Paths => TestScale.IsFull ? 400 : 150;

    /// <summary>The names of the scenarios.</summary>
    public static TheoryData<string> Names => [.. Scenarios.Keys];

    [Theory]
    [InlineData("one, from its beginning", 400, false)]
    [InlineData("stored before", 800, false)]
    [InlineData("a tag of the response", 1_500, true)]
    [InlineData("two on one machine", 10_000, true)]
    [InlineData("invalidated before", 14_000, true)]
    [InlineData("two", 20_000, true)]
    public void In_no_state_is_anything_served_that_is_older_than_an_answered_invalidation(string name, int states, bool isLong)
    {
        if (isLong && !TestScale.IsFull) return;
        var result = EpochSearch.All(Scenarios[name]);
        output.WriteLine($"{result.Count} states, {result.Ends} ends");
        Assert.True(result.Violation is null, result.Violation);
        Assert.True(result.Count >= states, $"{result.Count} states: too few to tell anything.");
    }

    [Theory, MemberData(nameof(Names))]
    public void On_no_path_is_anything_served_that_is_older_than_an_answered_invalidation(string name)
    {
        var result = EpochSearch.Some(Scenarios[name], Paths);
        output.WriteLine($"{result.Count} different paths");
        Assert.True(result.Violation is null, result.Violation);
        Assert.True(result.Count > 100, $"{result.Count} different paths: too few to tell anything.");
    }

    [Theory]
    [InlineData("invalidated before", SearchedFault.EpochMadeLonger)]
    [InlineData("one, from its beginning", SearchedFault.NoMarker)]
    [InlineData("one, from its beginning", SearchedFault.MarkerNotReadAgain)]
    [InlineData("stored before", SearchedFault.NoEpoch)]
    [InlineData("a known tag", SearchedFault.MarkerNotReadAgain)]
    internal void The_search_finds_a_fault_of_the_protocol(string name, SearchedFault fault)
    {
        var result = EpochSearch.Some(Scenarios[name] with { Fault = fault }, 20_000);
        output.WriteLine($"{result.Ends} paths\n{result.Violation}");
        Assert.NotNull(result.Violation);
    }

    [Fact]
    public void A_marker_lost_in_the_moment_of_a_beginning_hides_an_invalidation_from_other_machines()
    {
        var result = EpochSearch.All(new() { Storing = [0], Invalidating = [1], Losses = 1, IsLostAnytime = true });
        output.WriteLine($"{result.Count} states\n{result.Violation}");
        Assert.NotNull(result.Violation);
    }

    [Fact]
    public void Nothing_lost_hides_an_invalidation_from_its_own_machine()
    {
        var result = EpochSearch.Some(new() { Storing = [0, 0], Invalidating = [0], Losses = 3, IsLostAnytime = true }, Paths);
        Assert.True(result.Violation is null, result.Violation);
    }
}
