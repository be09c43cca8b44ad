#pragma warning disable xUnit1051
using Microsoft.Extensions.DependencyInjection;

namespace HttpQuery.Client.Tests.PrivateCache;

/// <summary>Handlers below the cache that change a request and restore it before they return, as Microsoft's service discovery does.</summary>
public sealed class OutgoingRequestHandlerTests
{
    private static readonly AsyncLocal<string?> Tenant = new();

    [Fact]
    public async Task A_handler_below_that_sends_each_tenant_elsewhere_and_restores_the_URI_shares_nothing() => await CheckAsync((request, tenant) =>
    {
        var uri = request.RequestUri!;
        request.RequestUri = new(uri, $"/{tenant}{uri.PathAndQuery}");
        return () => request.RequestUri = uri;
    }, r => $"{r.Split(' ')[1].Split('/')[1]}");

    [Fact]
    public async Task A_handler_below_that_adds_what_the_response_varies_by_and_takes_it_away_shares_nothing() => await CheckAsync((request, tenant) =>
    {
        request.Headers.TryAddWithoutValidation("X-Tenant", tenant);
        return () => request.Headers.Remove("X-Tenant");
    }, r => r.Split("X-Tenant: ")[1].Split('\r', '\n')[0], "Vary: X-Tenant");

    [Fact]
    public async Task A_handler_below_that_adds_content_and_takes_it_away_shares_nothing() => await CheckAsync((request, tenant) =>
    {
        var content = request.Content;
        request.Content = new StringContent(tenant);
        return () => request.Content = content;
    }, r => r.Contains("ann", StringComparison.Ordinal) ? "ann" : "bob", method: "QUERY");

    private static async Task CheckAsync(Func<HttpRequestMessage, string, Action> change, Func<string, string> respond, string? vary = null, string method = "GET")
    {
        await using var origin = Origin.Start(request => Origin.Ok(respond(request), vary is null ? [Cached.Fresh] : [Cached.Fresh, vary]));
        var services = new ServiceCollection();
        services.AddHttpClient("one").AddQueryCache().AddHttpMessageHandler(() => new ChangingHandler(change));
        await using var provider = services.BuildServiceProvider();
        var http = provider.GetRequiredService<IHttpClientFactory>().CreateClient("one");
        foreach (var tenant in new[] { "ann", "bob" })
        {
            Tenant.Value = tenant;
            using var request = new HttpRequestMessage(new(method), origin.Uri("/x"));
            if (method is "QUERY") request.Content = new StringContent("same");
            Assert.Equal($"200 {tenant}", await http.TextAsync(request));
        }
    }

    private sealed class ChangingHandler(Func<HttpRequestMessage, string, Action> change) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var back = change(request, Tenant.Value!);
            try { return await base.SendAsync(request, cancellationToken); }
            finally { back(); }
        }
    }
}
