using System.Diagnostics;
using System.Text.Json;

namespace KubeList.Tests.Hosting;

/// <summary>The sample as a program: what it prints works when it is pasted.</summary>
public class ProgramTests
{
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "KubeList.dll");

    [Fact]
    public async Task The_three_lines_that_it_prints_find_the_same_pods()
    {
        if (!File.Exists("/bin/sh") || (await RunAsync("/bin/sh", "-c", "command -v curl")).Code != 0)
            Requirement.Missing("The lines are pasted into a POSIX shell with curl, which is not here.");

        using var server = Start("dotnet", Program, "--urls", "http://127.0.0.1:0");
        try
        {
            var lines = new List<string>();
            while (lines.Count < 3 && await server.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
                if (line.StartsWith("curl ", StringComparison.Ordinal)) lines.Add(line);
            Assert.Equal(3, lines.Count);

            var answers = new List<string>();
            foreach (var line in lines) answers.Add((await RunAsync("/bin/sh", "-c", $"{line} -s")).Output);
            Assert.Equal(2, JsonDocument.Parse(answers[0]).RootElement.GetProperty("items").GetArrayLength());
            Assert.Equal(answers[0], answers[1]);
            Assert.Equal(answers[0], answers[2]);
        }
        finally
        {
            server.Kill(entireProcessTree: true);
        }
    }

    [Theory]
    [InlineData("KubeList cannot start: Could not find", "--load", "/no/such/file.json")]
    [InlineData("KubeList cannot start: --pods must be from 1", "--pods", "0")]
    [InlineData("KubeList cannot start: --pods must be a whole number.", "--pods", "-1")]
    [InlineData("KubeList cannot start: --seed must be a whole number.", "--seed", "x")]
    [InlineData("KubeList cannot start: KubeList:MaximumDepth must be from 1 to 1000.", "--KubeList:MaximumDepth", "0")]
    [InlineData("KubeList cannot start: Failed to convert", "--KubeList:MaximumDepth", "deep")]
    public async Task Arguments_that_cannot_work_are_told_in_one_line(string message, params string[] arguments)
    {
        var (code, _, errors) = await RunAsync("dotnet", [Program, .. arguments]);
        Assert.Equal(1, code);
        Assert.StartsWith(message, errors, StringComparison.Ordinal);
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
