using System.Collections.Concurrent;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;

namespace QuickStart.Tests;

/// <summary>One address, <c>http://rfcs.test</c>, at which an application can be started anew, and the request lines and statuses that
/// went there.</summary>
internal sealed class RestartedServer : DelegatingHandler
{
    private readonly ConcurrentQueue<string> _exchanges = new();
    private WebApplication? _app;

    public RestartedServer() => InnerHandler = new SocketsHttpHandler
    {
        ConnectCallback = async (_, cancellationToken) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync("127.0.0.1", new Uri(_app!.Urls.First()).Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        },
    };

    public static Uri Address { get; } = new("http://rfcs.test");

    /// <summary>Ends the application before, with all that it keeps, and starts this one.</summary>
    public async Task StartAsync(WebApplication app)
    {
        if (_app is not null) await _app.DisposeAsync();
        _app = app;
        await app.StartAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Returns the exchanges since the last call: method, first segment of the path, and status.</summary>
    public string TakeExchanges()
    {
        var exchanges = string.Join(", ", _exchanges);
        _exchanges.Clear();
        return exchanges;
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        _exchanges.Enqueue($"{request.Method} {request.RequestUri!.Segments[1].TrimEnd('/')} {(int)response.StatusCode}");
        return response;
    }

    public async ValueTask StopAsync()
    {
        if (_app is not null) await _app.DisposeAsync();
    }
}
