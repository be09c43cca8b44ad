using System.Diagnostics;

namespace HttpQuery.Protocol.Tests.CacheKeys;

/// <summary>The second implementation of the cache key, in JavaScript and written from the document alone (tests/cache-key).</summary>
internal static class NaiveImplementation
{
    /// <summary>For each request its key and the domain of its content, both in hexadecimal, or <c>null</c>. Skips the test where Node.js is not installed.</summary>
    public static async Task<(string Key, string Domain)[]> AskAsync(IReadOnlyList<KeyRequest> requests)
    {
        using var oracle = Start();
        var writing = Task.Run(async () =>
        {
            foreach (var request in requests) await oracle.StandardInput.WriteLineAsync(request.ToJson());
            oracle.StandardInput.Close();
        });

        var answers = new (string, string)[requests.Count];
        for (var i = 0; i < answers.Length; i++)
        {
            var answer = (await oracle.StandardOutput.ReadLineAsync() ?? throw new EndOfStreamException("The second implementation stopped.")).Split(' ', 2);
            if (answer[0] is "error") throw new InvalidDataException($"{answer[1]}: {requests[i].ToJson()}");
            answers[i] = (answer[0], answer[1]);
        }
        await writing;
        return answers;
    }

    private static Process Start()
    {
        var start = new ProcessStartInfo("node", ["tests/cache-key/oracle.mjs"])
        {
            WorkingDirectory = Repository.Root,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Requirement.Missing("Node.js is not installed; it runs the second implementation of the cache key.");
            throw;
        }
    }
}
