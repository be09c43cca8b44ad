using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using HttpQuery.Caching.Tests.Support;
using QueryGateway.Tests.Hosting;

namespace QueryGateway.Tests;

/// <summary>Two gateways with one real Redis.</summary>
public sealed class RedisTests(RedisServer redis) : IClassFixture<RedisServer>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("GET")]
    [InlineData("QUERY")]
    public async Task What_one_has_stored_is_a_hit_through_the_other(string method)
    {
        await using var origin = Counting();
        await using var one = await StartAsync(origin);
        await using var other = await StartAsync(origin);
        var target = Target();

        Assert.Equal("1", (await one.AskAsync(method, target)).ContentText);

        var hit = await other.AskAsync(method, target);
        Assert.Equal("1", hit.ContentText);
        Assert.StartsWith("QueryGateway; hit", hit["Cache-Status"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("QUERY")]
    public async Task An_unsafe_request_through_one_counts_for_both_at_once(string method)
    {
        await using var origin = Counting();
        await using var one = await StartAsync(origin);
        await using var other = await StartAsync(origin);
        var target = Target();
        await one.AskAsync(method, target);
        Assert.Equal(["1", "1"], [(await one.AskAsync(method, target)).ContentText, (await other.AskAsync(method, target)).ContentText]);

        Assert.Equal("2", (await other.AskAsync("POST", target)).ContentText);

        Assert.Equal(["3", "3"], [(await one.AskAsync(method, target)).ContentText, (await other.AskAsync(method, target)).ContentText]);
    }

    [Theory]
    [InlineData("uri=http://localhost{target}")]
    [InlineData("tag={target}")]
    public async Task A_purge_through_one_counts_for_both_at_once(string purge)
    {
        await using var origin = Counting();
        await using var one = await StartAsync(origin, "--management", "http://127.0.0.1:0");
        await using var other = await StartAsync(origin);
        var target = Target();
        await one.QueryAsync(target, "q");
        Assert.Equal("1", (await other.QueryAsync(target, "q")).ContentText);

        Assert.Equal(204, (await one.ManageAsync("POST /purge", ["Content-Type: application/x-www-form-urlencoded"], purge.Replace("{target}", target, StringComparison.Ordinal))).Status);

        Assert.Equal(["2", "2"], [(await other.QueryAsync(target, "q")).ContentText, (await one.QueryAsync(target, "q")).ContentText]);
    }

    [Fact]
    public async Task No_client_sees_that_Redis_dies_and_comes_back_and_then_there_are_hits_again()
    {
        await using var origin = Origin.Start(request => $"HTTP/1.1 200 OK\nCache-Control: max-age=600\nContent-Length: {request.Content.Length}\n\n{Encoding.Latin1.GetString(request.Content)}");
        await using var one = await StartAsync(origin);
        await using var other = await StartAsync(origin);
        var (target, errors) = (Target(), new ConcurrentQueue<string>());
        using var answered = new SemaphoreSlim(0);
        using var over = new CancellationTokenSource();
        var load = Enumerable.Range(0, 4).Select(client => Task.Run(async () =>
        {
            for (var i = 0; !over.IsCancellationRequested; i++)
            {
                var content = string.Create(CultureInfo.InvariantCulture, $"query {i % 5}");
                try
                {
                    var response = await (client % 2 == 0 ? one : other).QueryAsync(target, content);
                    if (response.Status != 200 || response.ContentText != content) errors.Enqueue($"{response.Status} {response.ContentText}");
                }
                catch (Exception error) when (error is IOException or InvalidDataException)
                {
                    errors.Enqueue(error.Message);
                }
                answered.Release();
            }
        })).ToArray();

        await HitsAsync(one, other, target);
        await redis.KillAsync();
        for (var i = answered.CurrentCount + 20; i > 0; i--) Assert.True(await answered.WaitAsync(Patience, TestContext.Current.CancellationToken));
        await redis.StartAsync();
        await HitsAsync(one, other, target);
        await over.CancelAsync();
        await Task.WhenAll(load);

        Assert.Empty(errors);
    }

    private static async Task HitsAsync(RunningGateway one, RunningGateway other, string target)
    {
        foreach (var gateway in new[] { one, other })
            await UntilAsync(async () => (await gateway.QueryAsync(target, "poll"))["Cache-Status"] is { } status && status.StartsWith("QueryGateway; hit", StringComparison.Ordinal), "a hit");
    }

    // Asks again and again.
    private static async Task UntilAsync(Func<Task<bool>> isReached, string what)
    {
        var began = Stopwatch.StartNew();
        while (!await isReached())
        {
            if (began.Elapsed > Patience) Assert.Fail($"There is still not {what}.");
            await Task.Yield();
        }
    }

    // The time that a busy machine takes says nothing.
    private async Task<RunningGateway> StartAsync(Origin origin, params string[] args)
    {
        redis.Require();
        return await RunningGateway.StartAsync(origin, ["--redis", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{redis.Port}"), "--HttpQuery:Cache:StoreTimeout", "00:00:02", .. args]);
    }

    private static string Target() => $"/{Guid.NewGuid():N}";

    private static Origin Counting()
    {
        var count = 0;
        return Origin.Start(request =>
        {
            var content = (++count).ToString(CultureInfo.InvariantCulture);
            return $"HTTP/1.1 200 OK\nCache-Control: max-age=600\nCache-Groups: \"{request.RequestLine.Split(' ')[1]}\"\nContent-Length: {content.Length}\n\n{content}";
        });
    }
}
