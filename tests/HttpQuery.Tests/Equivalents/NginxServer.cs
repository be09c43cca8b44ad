using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace HttpQuery.Tests.Equivalents;

/// <summary>An nginx of one test, on a port of its own, that caches the responses of an application. <c>X-Cache</c> tells how.</summary>
/// <remarks>It caches GET alone, and sends HEAD as GET.</remarks>
internal sealed class NginxServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("httpquery-nginx-");
    private readonly StringBuilder _errors = new();
    private Process? _process;
    private Task _reading = Task.CompletedTask;

    private NginxServer()
    {
    }

    /// <summary>Where it listens.</summary>
    public int Port { get; } = FreePort();

    /// <summary>Starts it, or skips the running test where there is no nginx.</summary>
    /// <param name="origin">Port of the application.</param>
    /// <param name="directives">Further directives of the location.</param>
    public static async Task<NginxServer> StartAsync(int origin, params string[] directives)
    {
        var program = Find();
        if (program is null) Requirement.Missing("nginx is not installed.");
        var server = new NginxServer();
        try
        {
            await server.RunAsync(program!, server.Configure(origin, directives));
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Sends one request with <c>Connection: close</c>, and its content as JSON.</summary>
    public Task<RawResponse> SendAsync(string requestLine, string? content = null, params string[] fields) =>
        RawHttp.SendAsync(Port, requestLine, content is null ? fields : [.. fields, "Content-Type: application/json"], content);

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            // One process, without children.
            if (!_process.HasExited) _process.Kill();
            await _process.WaitForExitAsync();
            await _reading;
            _process.Dispose();
        }
        _folder.Delete(recursive: true);
    }

    // One process alone, so that the end of the test ends all of it, and so that root keeps its own folder.
    private string Configure(int origin, string[] directives)
    {
        var folder = _folder.FullName;
        return $$"""
            daemon off;
            master_process off;
            error_log stderr notice;
            pid {{folder}}/pid;
            events { worker_connections 256; }
            http {
              access_log off;
              client_body_temp_path {{folder}}/body;
              proxy_temp_path {{folder}}/proxy;
              fastcgi_temp_path {{folder}}/fastcgi;
              uwsgi_temp_path {{folder}}/uwsgi;
              scgi_temp_path {{folder}}/scgi;
              proxy_cache_path {{folder}}/cache keys_zone=responses:1m;
              server {
                listen 127.0.0.1:{{Port}};
                location / {
                  proxy_pass http://127.0.0.1:{{origin}};
                  proxy_http_version 1.1;
                  proxy_set_header Host $http_host;
                  proxy_cache responses;
                  add_header X-Cache $upstream_cache_status always;
                  {{string.Join('\n', directives)}}
                }
              }
            }
            """;
    }

    private async Task RunAsync(string program, string configuration)
    {
        var path = Path.Combine(_folder.FullName, "nginx.conf");
        await File.WriteAllTextAsync(path, configuration);
        _process = Process.Start(new ProcessStartInfo(program, ["-e", "stderr", "-p", _folder.FullName, "-c", path])
        {
            RedirectStandardError = true,
        })!;
        var started = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        _reading = ReadAsync(_process.StandardError, started);
        if (!await started.Task.WaitAsync(Patience)) throw new InvalidOperationException($"nginx did not start: {_errors}");
    }

    // Its first notice comes when it listens.
    private async Task ReadAsync(StreamReader errors, TaskCompletionSource<bool> started)
    {
        while (await errors.ReadLineAsync() is { } line)
        {
            if (!started.Task.IsCompleted) _errors.AppendLine(line);
            if (line.Contains("[notice]", StringComparison.Ordinal)) started.TrySetResult(true);
        }
        started.TrySetResult(false);
    }

    // Debian puts it where only the path of root looks.
    private static string? Find() => $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin"
        .Split(':').Select(folder => Path.Combine(folder, "nginx")).FirstOrDefault(File.Exists);

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
