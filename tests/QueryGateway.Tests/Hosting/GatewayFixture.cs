namespace QueryGateway.Tests.Hosting;

/// <summary>One gateway with a cache and one without, on one origin that answers 200 to everything; below <c>/stored/</c> with the head of the request, to be stored.</summary>
public sealed class GatewayFixture : IAsyncLifetime
{
    internal Origin Origin { get; } = Origin.Start(request => request.RequestLine.Contains(" /stored/", StringComparison.Ordinal)
        ? $"HTTP/1.1 200 OK\nCache-Control: max-age=600\nContent-Length: {request.Head.ReplaceLineEndings("\r\n").Length}\n\n{request.Head}"
        : "HTTP/1.1 200 OK\nContent-Length: 0\n\n");

    internal RunningGateway Caching { get; private set; } = null!;

    internal RunningGateway Forwarding { get; private set; } = null!;

    internal IReadOnlyList<RunningGateway> Both => [Caching, Forwarding];

    /// <summary>Asserts that the origin has received nothing since it was last asked: what comes next is a request of this method.</summary>
    internal async Task AssertNothingReceivedAsync(RunningGateway gateway)
    {
        Assert.Equal(200, (await gateway.SendAsync("GET /sentinel")).Status);
        Assert.Equal("GET /sentinel HTTP/1.1\nHost: localhost\nVia: 1.1 QueryGateway\n", (await Origin.NextRequestAsync()).Head);
    }

    /// <summary>Forgets the requests that an earlier test has left.</summary>
    internal async Task DrainAsync()
    {
        await Forwarding.SendAsync("GET /drained");
        while ((await Origin.NextRequestAsync()).RequestLine is not "GET /drained HTTP/1.1") { }
    }

    public async ValueTask InitializeAsync()
    {
        Caching = await RunningGateway.StartAsync(Origin, "--h2c", "http://127.0.0.1:0");
        Forwarding = await RunningGateway.StartAsync(Origin, "--h2c", "http://127.0.0.1:0", "--no-cache");
    }

    public async ValueTask DisposeAsync()
    {
        await Caching.DisposeAsync();
        await Forwarding.DisposeAsync();
        await Origin.DisposeAsync();
    }
}
