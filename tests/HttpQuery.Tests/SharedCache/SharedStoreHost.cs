using System.Diagnostics;
using System.Globalization;

namespace HttpQuery.Tests.SharedCache;

/// <summary>One of the processes that share a store (tests/apps/SharedStoreHost).</summary>
internal sealed class SharedStoreHost : IDisposable
{
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "SharedStoreHost.dll");
    private readonly Process _process;
    private readonly int _port;

    private SharedStoreHost(Process process, int port) => (_process, _port) = (process, port);

    /// <summary>Starts a process.</summary>
    /// <param name="name">The first letter of its responses.</param>
    /// <param name="store">The kind of its store.</param>
    /// <param name="at">Where the store lies.</param>
    public static async Task<SharedStoreHost> StartAsync(string name, string store, string at)
    {
        // How long the store takes on a busy machine is not tested here.
        string[] arguments = [Program, "--name", name, "--store", store, "--at", at, "--urls", "http://127.0.0.1:0", "--HttpQuery:Cache:StoreTimeout", "00:00:10"];
        var process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        timeout.CancelAfter(TimeSpan.FromSeconds(30));
        var line = await process.StandardOutput.ReadLineAsync(timeout.Token);
        Assert.NotNull(line);
        return new(process, int.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture));
    }

    /// <summary>Sends a QUERY.</summary>
    /// <returns>The content, such as <c>A1</c>; for a hit <c>A1 hit</c>.</returns>
    public Task<string> QueryAsync(string path) => QueryAsync(path, "q");

    /// <summary>Sends a QUERY whose endpoint waits for <see cref="ReleaseAsync"/>.</summary>
    public Task<string> QueryHeldAsync(string path) => QueryAsync(path, "hold");

    /// <summary>Sends a POST, which changes the resource.</summary>
    public async Task PostAsync(string path) => Assert.Equal(204, (await RawHttp.SendAsync(_port, $"POST {path}", [], "")).Status);

    /// <summary>Evicts all responses of a path.</summary>
    public async Task EvictAsync(string path) => Assert.Equal("true", await ControlAsync($"/evict?uri=http://localhost{path}"));

    /// <summary>Evicts all responses of a tag. Those of the endpoint have their path as a tag.</summary>
    public async Task EvictByTagAsync(string tag) => Assert.Equal("true", await ControlAsync($"/evict-tag?tag={tag}"));

    /// <summary>Waits until the endpoint waits.</summary>
    public Task HasBegunAsync(string path) => ControlAsync($"/begun?path={path}");

    /// <summary>Lets the endpoint go on, for later requests as well.</summary>
    public Task ReleaseAsync(string path) => ControlAsync($"/release?path={path}");

    /// <summary>Ends the process at once.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken);
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }

    private async Task<string> QueryAsync(string path, string content)
    {
        var response = await RawHttp.SendAsync(_port, $"QUERY {path}", ["Content-Type: text/plain"], content);
        Assert.Equal(200, response.Status);
        var isHit = response["Cache-Status"]!.StartsWith("HttpQuery; hit", StringComparison.Ordinal);
        return isHit ? $"{response.ContentText} hit" : response.ContentText;
    }

    private async Task<string> ControlAsync(string target)
    {
        var response = await RawHttp.SendAsync(_port, $"GET {target}", []);
        Assert.Equal(200, response.Status);
        return response.ContentText;
    }
}
