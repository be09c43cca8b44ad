namespace HttpQuery.Tests.Contracts;

/// <summary>What every cache on the engine does, whoever carries its messages (RFC 9111, RFC 5861, RFC 9211).</summary>
public abstract partial class CacheContractTests : IAsyncLifetime
{
    private const string Miss = "HttpQuery; fwd=uri-miss; fwd-status=200; stored; ttl=60";

    private readonly List<ICacheContractHost> _hosts = [];
    private ICacheContractHost? _host;

    private protected ICacheContractHost Host => _host!;

    /// <summary>Starts a cache and an origin that answers <c>#n</c>, counting, with <c>max-age=60</c>.</summary>
    protected abstract Task<ICacheContractHost> StartAsync();

    public async ValueTask InitializeAsync()
    {
        _hosts.Add(_host = await StartAsync());
        Answer(number => Fresh($"#{number}"));
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        foreach (var host in _hosts) await host.DisposeAsync();
    }

    private static OriginResponse Fresh(string content, params string[] headers) => new(200, content, ["Cache-Control: max-age=60", .. headers]);

    private static ContractRequest Get(string target, params string[] headers) => new("GET", target, null, headers);

    private static ContractRequest Query(string target, string content, params string[] headers) => new("QUERY", target, content, ["Content-Type: text/plain", .. headers]);

    private static ContractRequest Ask(string method, params string[] headers) => method is "QUERY" ? Query("/a", "q", headers) : new(method, "/a", null, headers);

    // The origin answers the n-th request that it receives.
    private void Answer(Func<int, OriginResponse> answer)
    {
        var count = 0;
        Host.Origin = _ => Task.FromResult(answer(Interlocked.Increment(ref count)));
    }

    // The last answer stands for all that follow.
    private void Answer(params OriginResponse[] answers) => Answer(number => answers[Math.Min(number, answers.Length) - 1]);

    private async Task<ContractResponse> SendAsync(ContractRequest request)
    {
        var response = await Host.SendAsync(request);
        Assert.NotNull(response);
        return response;
    }

    private async Task StoreAsync(ContractRequest request)
    {
        var response = await SendAsync(request);
        Assert.Contains("stored", response.CacheStatus, StringComparison.Ordinal);
    }

    private async Task WaitForAsync(Func<Task<bool>> condition)
    {
        for (var i = 0; i < 1000; i++)
        {
            if (await condition()) return;
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
        Assert.Fail($"It did not happen. The origin received {Host.Received.Count} requests.");
    }

    private void Pass(int seconds) => Host.Advance(TimeSpan.FromSeconds(seconds));
}
