using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace HttpQuery.Benchmarks;

/// <summary>The sample gateway as a process of its own, so that its memory is its own.</summary>
internal sealed class GatewayProcess : IDisposable
{
    private readonly Process _process;

    private GatewayProcess(Process process, int port) => (_process, Port) = (process, port);

    public int Port { get; }

    /// <summary>Starts it in front of an origin.</summary>
    /// <param name="origin">The origin's address.</param>
    /// <param name="workstation">Whether the collector of workstations runs, which keeps little that is free.</param>
    /// <param name="args">Further arguments.</param>
    public static async Task<GatewayProcess> StartAsync(string origin, bool workstation, params string[] args)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "QueryGateway.dll"), "--origin", origin, "--urls", "http://127.0.0.1:0", .. args]) { RedirectStandardOutput = true };
        if (workstation) start.Environment["DOTNET_gcServer"] = "0";
        var process = Process.Start(start)!;
        try
        {
            // "Listening on http://127.0.0.1:40123, in front of …"
            var line = await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The gateway did not start.");
            var port = new Uri(line.Split(' ')[2].TrimEnd(',')).Port;
            _ = process.StandardOutput.ReadToEndAsync();
            return new(process, port);
        }
        catch
        {
            process.Kill();
            throw;
        }
    }

    /// <summary>A port that was free a moment ago.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    /// <summary>A figure of <c>/proc/PID/status</c> in MiB: <c>VmHWM</c> is the largest resident memory so far, <c>VmRSS</c> that of now.</summary>
    public double Memory(string name)
    {
        var line = File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{_process.Id}/status")).First(line => line.StartsWith($"{name}:", StringComparison.Ordinal));
        return double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
    }

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
    }
}
