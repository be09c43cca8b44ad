namespace HttpQuery.Tests.Exchanges;

/// <summary>The catalogue in every style and protocol: minimal APIs and MVC, HTTP/1.1 and HTTP/2.</summary>
public sealed class CatalogueHosts : IAsyncLifetime
{
    private readonly List<(string Name, CatalogueHost Host)> _hosts = [];

    public async ValueTask InitializeAsync()
    {
        foreach (var mvc in new[] { false, true })
        {
            foreach (var http2 in new[] { false, true })
                _hosts.Add(($"{(mvc ? "MVC" : "minimal")}, {(http2 ? "HTTP/2" : "HTTP/1.1")}", await CatalogueHost.StartAsync(mvc, http2)));
        }
    }

    /// <summary>Runs the same exchanges against each; a failure says with which.</summary>
    internal async Task EachAsync(Func<CatalogueHost, Task> exchange)
    {
        foreach (var (name, host) in _hosts)
        {
            try
            {
                await exchange(host);
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"With {name}: {exception.Message}", exception);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (_, host) in _hosts) await host.DisposeAsync();
    }
}
