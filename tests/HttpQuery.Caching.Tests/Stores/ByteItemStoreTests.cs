namespace HttpQuery.Caching.Tests.Stores;

/// <summary>A store on storage in which things go wrong: that costs misses, and never an error or a wrong answer.</summary>
public abstract class ByteItemStoreTests : QueryCacheStoreContractTests
{
    /// <summary>The store, on storage with a flaw.</summary>
    protected abstract IQueryCacheStore OpenFlawed(Flaw flaw);

    [Theory]
    [InlineData(Fault.Throws)]
    [InlineData(Fault.Hangs)]
    [InlineData(Fault.LosesWrites)]
    [InlineData(Fault.Corrupts)]
    [InlineData(Fault.ConfusesKeys)]
    public async Task What_goes_wrong_costs_misses(Fault fault)
    {
        var flaw = new Flaw();
        var origin = new VersionedOrigin(CacheOn(OpenFlawed(flaw), fault is Fault.Hangs ? 5 : 1_000));
        var random = new Random(1);
        for (var round = 0; round < (TestScale.IsFull ? 5 : 3); round++)
        {
            flaw.Fault = fault;
            for (var i = 0; i < (fault is Fault.Hangs ? 8 : 150); i++) await origin.SendAsync(random);
            flaw.Fault = Fault.None;
            for (var served = origin.Served; served == origin.Served || random.Next(100) > 0;) await origin.SendAsync(random);
        }
        Assert.True(flaw.Count > 0);
    }
}
