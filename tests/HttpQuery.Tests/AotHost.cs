using System.Diagnostics;
using System.Globalization;

namespace HttpQuery.Tests;

/// <summary>The natively compiled test application, running.</summary>
public sealed class AotHost : IAsyncLifetime
{
    private Process? _process;

    public int Port { get; private set; }

    public async ValueTask InitializeAsync()
    {
        var program = Path.Combine(Repository.Root, "artifacts", "aot", OperatingSystem.IsWindows() ? "AotHost.exe" : "AotHost");
        if (!File.Exists(program)) return;

        _process = Process.Start(new ProcessStartInfo(program, "--urls http://127.0.0.1:0") { RedirectStandardOutput = true })!;
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        var line = await _process.StandardOutput.ReadLineAsync(patience.Token);
        Port = int.Parse(line!.Split(' ')[1], CultureInfo.InvariantCulture);
    }

    /// <summary>Skips the test where the application has not been published.</summary>
    public void Require()
    {
        if (_process is null) Requirement.Missing("The native test application is not there: dotnet publish tests/apps/AotHost -o artifacts/aot (needs clang and zlib1g-dev).");
    }

    public ValueTask DisposeAsync()
    {
        _process?.Kill();
        _process?.Dispose();
        return default;
    }
}
