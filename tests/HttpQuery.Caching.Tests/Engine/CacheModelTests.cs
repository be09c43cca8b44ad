namespace HttpQuery.Caching.Tests.Engine;

/// <summary>RFC 9111 §4, RFC 10008 §2.7: whatever is asked, answered and changed in whatever order, nothing is served that a small model forbids.</summary>
public class CacheModelTests
{
    [Fact]
    public async Task Nothing_is_served_that_the_model_forbids()
    {
        var (served, validated) = (0, 0);
        for (var seed = 0; seed < TestScale.Cases / 10; seed++)
        {
            var run = new CacheModel(new(seed));
            for (var step = 0; step < 200; step++) await run.StepAsync();
            served += run.Served;
            validated += run.Validated;
        }
        Assert.True(served > TestScale.Cases && validated > TestScale.Cases / 50, $"{served} were served, {validated} validated: too few to tell anything.");
    }
}
