using System.Text.RegularExpressions;

namespace QuickStart.Tests;

/// <summary>The README shows code that runs: its snippets are those of this sample.</summary>
public partial class ReadmeTests
{
    [Theory]
    [InlineData("server", "Server.cs")]
    [InlineData("client", "Client.cs")]
    public void A_snippet_of_the_readme_is_code_of_the_sample(string name, string file)
    {
        var source = File.ReadAllText(Path.Combine(Repository.Root, "samples", "QuickStart", file));
        var parts = Marked(name).Matches(source).Select(match => Outdent(match.Groups[1].Value.ReplaceLineEndings("\n")));
        var snippet = string.Join("\n\n", parts.Select(part => part.Trim('\n')));

        var readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md")).ReplaceLineEndings("\n");
        Assert.NotEmpty(snippet);
        Assert.Contains(snippet, readme, StringComparison.Ordinal);
    }

    private static Regex Marked(string name) => new($"^ *// <{name}>\r?\n(.*?)^ *// </{name}>", RegexOptions.Singleline | RegexOptions.Multiline);

    private static string Outdent(string text) => LineStart().Replace(text, "");

    [GeneratedRegex("^        ", RegexOptions.Multiline)]
    private static partial Regex LineStart();
}
