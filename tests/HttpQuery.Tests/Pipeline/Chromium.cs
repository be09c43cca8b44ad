using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace HttpQuery.Tests.Pipeline;

/// <summary>A headless Chromium, and the page that it opens.</summary>
internal static class Chromium
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly string[] Arguments =
    [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
        "--disable-dev-shm-usage", "--no-proxy-server",
    ];

    /// <summary>Opens a page of an origin of its own and waits for what its script saw.</summary>
    /// <param name="script">The body of an asynchronous function: what it returns, or <c>{ error }</c> with the name of what it throws, is the result as JSON.</param>
    /// <param name="html">What the page has beside the script.</param>
    /// <param name="map">What the page's own origin has beside the page.</param>
    public static async Task<string> RunAsync(string script, string html = "", Action<WebApplication>? map = null)
    {
        var program = Find();
        var report = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var site = await QueryServer.StartAsync(app =>
        {
            app.MapGet("/page", () => Results.Text(Page(script, html), "text/html"));
            app.MapPost("/report", async (HttpContext context) =>
            {
                using var reader = new StreamReader(context.Request.Body);
                report.TrySetResult(await reader.ReadToEndAsync());
            });
            map?.Invoke(app);
        });

        var profile = Directory.CreateTempSubdirectory("httpquery-chromium-");
        try
        {
            using var browser = Process.Start(new ProcessStartInfo(program, [.. Arguments, $"--user-data-dir={profile.FullName}", $"http://127.0.0.1:{site.Port}/page"])
            {
                RedirectStandardError = true,
                RedirectStandardOutput = true,
            })!;
            var errors = browser.StandardError.ReadToEndAsync();
            var output = browser.StandardOutput.ReadToEndAsync();
            try
            {
                return await report.Task.WaitAsync(Patience);
            }
            catch (TimeoutException)
            {
                browser.Kill(entireProcessTree: true);
                throw new TimeoutException($"The page has reported nothing. {program} said: {await errors}");
            }
            finally
            {
                browser.Kill(entireProcessTree: true);
                await browser.WaitForExitAsync();
                await Task.WhenAll(errors, output);
            }
        }
        finally
        {
            Delete(profile);
        }
    }

    private static string Find()
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Prepend("/usr/bin");
        var program = folders.SelectMany(folder => new[] { "chromium", "chromium-browser" }.Select(name => Path.Combine(folder, name))).FirstOrDefault(File.Exists);
        if (program is null) Requirement.Missing("chromium is not installed: apt-get install chromium, or put a program of that name on the PATH.");
        return program!;
    }

    private static string Page(string script, string html) => $$"""
        <!doctype html>
        <meta charset="utf-8">
        {{html}}
        <script>
          (async () => { {{script}} })()
            .catch(error => ({ error: error.name }))
            .then(seen => fetch('/report', { method: 'POST', body: JSON.stringify(seen) }));
        </script>
        """;

    // A child may write its last file after it is gone from our sight.
    private static void Delete(DirectoryInfo profile)
    {
        for (var attempt = 0; profile.Exists; attempt++)
        {
            try
            {
                profile.Delete(recursive: true);
            }
            catch (IOException) when (attempt < 20)
            {
                Thread.Sleep(100);
            }
            profile.Refresh();
        }
    }
}
