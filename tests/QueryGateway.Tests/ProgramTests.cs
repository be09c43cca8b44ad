using System.Diagnostics;
using System.Globalization;
using QueryGateway.Tests.Hosting;

namespace QueryGateway.Tests;

/// <summary>The sample as a program: what it prints works when it is pasted, and what cannot work is told in one line.</summary>
public class ProgramTests
{
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "QueryGateway.dll");

    [Theory]
    [InlineData("")]
    [InlineData("--h2c http://127.0.0.1:0")]
    public async Task The_lines_that_it_prints_reach_the_origin(string further)
    {
        if (!File.Exists("/bin/sh") || (await RunAsync("/bin/sh", "-c", "command -v curl")).Code != 0)
            Requirement.Missing("The lines are pasted into a POSIX shell with curl, which is not here.");

        await using var origin = Origin.Start(_ => "HTTP/1.1 200 OK\nCache-Control: max-age=600\nContent-Length: 2\n\nok");
        using var server = Start("dotnet", [Program, "--origin", origin.Url, "--no-cache=false", "--urls", "http://127.0.0.1:0", .. further.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);
        try
        {
            var lines = new List<string>();
            while (lines.Count < 3 && await server.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
                if (line.StartsWith("curl ", StringComparison.Ordinal)) lines.Add(line);
            Assert.Equal(3, lines.Count);

            foreach (var line in lines) Assert.EndsWith("\r\n\r\nok", (await RunAsync("/bin/sh", "-c", line)).Output, StringComparison.Ordinal);
            Assert.Equal(2, origin.Count);
        }
        finally
        {
            server.Kill(entireProcessTree: true);
        }
    }

    [Theory]
    [InlineData("QueryGateway cannot start: Say where to forward to: --origin http://127.0.0.1:8080, or Origin in appsettings.json.")]
    [InlineData("QueryGateway cannot start: --origin must be a URL of scheme (http or https), host and port alone", "--origin", "127.0.0.1:8080")]
    [InlineData("QueryGateway cannot start: --origin must be a URL of scheme (http or https), host and port alone", "--origin", "http://127.0.0.1:8080/api")]
    [InlineData("QueryGateway cannot start: --h2c must be a URL of scheme (http), host and port alone", "--origin", "http://127.0.0.1:1", "--h2c", "https://127.0.0.1:0")]
    [InlineData("QueryGateway cannot start: --management must be a URL", "--origin", "http://127.0.0.1:1", "--management", "9090")]
    [InlineData("QueryGateway cannot start: --management 'http://example.com:9090' can be reached from other machines", "--origin", "http://127.0.0.1:1", "--management", "http://example.com:9090")]
    [InlineData("QueryGateway cannot start: --management-public stands alone, or is true or false; it is 'perhaps'.", "--origin", "http://127.0.0.1:1", "--management", "http://127.0.0.1:0", "--management-public=perhaps")]
    [InlineData("QueryGateway cannot start: --no-cache stands alone, or is true or false; it is 'maybe'.", "--origin", "http://127.0.0.1:1", "--no-cache=maybe")]
    [InlineData("QueryGateway cannot start: --activity-timeout must be hours:minutes:seconds", "--origin", "http://127.0.0.1:1", "--activity-timeout", "0")]
    [InlineData("QueryGateway cannot start: --redis must be HOST:PORT, such as 127.0.0.1:6379", "--origin", "http://127.0.0.1:1", "--redis", ",nonsense=1")]
    [InlineData("QueryGateway cannot start: HttpQuery:Cache:MaximumSize must be positive", "--origin", "http://127.0.0.1:1", "--HttpQuery:Cache:MaximumSize", "0")]
    public async Task Arguments_that_cannot_work_are_told_in_one_line(string message, params string[] arguments)
    {
        var (code, _, errors) = await RunAsync("dotnet", [Program, .. arguments, "--urls", "http://127.0.0.1:0"]);
        Assert.Equal(1, code);
        Assert.StartsWith(message, errors, StringComparison.Ordinal);
        Assert.Single(errors.Trim().Split('\n'));
    }

    [Fact]
    public async Task An_address_that_is_taken_is_told_in_one_line()
    {
        await using var origin = Origin.Start(_ => "");
        var (code, _, errors) = await RunAsync("dotnet", Program, "--origin", origin.Url, "--urls", string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{origin.Port}"));
        Assert.Equal(1, code);
        Assert.StartsWith("QueryGateway cannot start: Failed to bind to address", errors, StringComparison.Ordinal);
        Assert.Single(errors.Trim().Split('\n'));
    }

    private static Process Start(string program, params string[] arguments) => Process.Start(new ProcessStartInfo(program, arguments)
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
    })!;

    private static async Task<(int Code, string Output, string Errors)> RunAsync(string program, params string[] arguments)
    {
        using var process = Start(program, arguments);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, output, await errors);
    }
}
