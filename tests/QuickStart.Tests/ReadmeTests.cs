using System.Text.RegularExpressions;

namespace QuickStart.Tests;

/// <summary>Readmes show code that compiles, from the sample or from these tests, and their links lead somewhere.</summary>
public partial class ReadmeTests
{
    [Theory]
    [InlineData("README.md", "server", "samples/QuickStart/Server.cs")]
    [InlineData("README.md", "client", "samples/QuickStart/Client.cs")]
    [InlineData("src/HttpQuery/README.md", "server", "samples/QuickStart/Server.cs")]
    [InlineData("src/HttpQuery.Client/README.md", "client", "samples/QuickStart/Client.cs")]
    [InlineData("src/HttpQuery.Caching/README.md", "caching", "tests/QuickStart.Tests/CachingExampleTests.cs")]
    [InlineData("src/HttpQuery.Protocol/README.md", "protocol", "tests/QuickStart.Tests/ProtocolExampleTests.cs")]
    public void A_snippet_of_a_readme_is_code_that_compiles(string readme, string name, string file)
    {
        var parts = Marked(name).Matches(Read(file)).Select(match => Outdent(match.Groups[1].Value));
        var snippet = string.Join("\n\n", parts.Select(part => part.Trim('\n')));

        Assert.NotEmpty(snippet);
        Assert.Contains($"```csharp\n{snippet}\n```", Read(readme), StringComparison.Ordinal);
    }

    [Fact]
    public void The_readme_has_at_most_90_lines() => Assert.InRange(Read("README.md").TrimEnd('\n').Split('\n').Length, 1, 90);

    [Theory]
    [InlineData("README.md")]
    [InlineData("CONTRIBUTING.md")]
    [InlineData("docs/glossary.md")]
    [InlineData("docs/options.md")]
    [InlineData("docs/architecture.md")]
    [InlineData("docs/cache-key.md")]
    [InlineData("docs/caching.md")]
    [InlineData("docs/client.md")]
    [InlineData("docs/output-caching.md")]
    [InlineData("docs/server.md")]
    [InlineData("SECURITY.md")]
    [InlineData("src/HttpQuery/README.md")]
    [InlineData("src/HttpQuery.Caching/README.md")]
    [InlineData("src/HttpQuery.Client/README.md")]
    [InlineData("src/HttpQuery.Protocol/README.md")]
    public void A_relative_link_leads_to_a_file_and_a_heading(string page)
    {
        foreach (Match link in RelativeLink().Matches(Read(page)))
        {
            var (path, anchor) = (link.Groups[1].Value, link.Groups[2].Value);
            var target = path.Length == 0 ? page : Path.Combine(Path.GetDirectoryName(page)!, path);
            Assert.True(Path.Exists(Path.Combine(Repository.Root, target)), $"{page}: {path} does not exist.");
            if (anchor.Length > 0) Assert.Contains(anchor, AnchorsOf(target));
        }
    }

    private static string Read(string path) => File.ReadAllText(Path.Combine(Repository.Root, path)).ReplaceLineEndings("\n");

    private static Regex Marked(string name) =>
        new($"^ *// <{name}>\n(.*?)^ *// </{name}>", RegexOptions.Singleline | RegexOptions.Multiline);

    private static string Outdent(string text) => LineStart().Replace(text, "");

    // As GitHub makes them: lower case, hyphens for spaces, and no other punctuation.
    private static IEnumerable<string> AnchorsOf(string page) => Heading().Matches(Read(page))
        .Select(heading => NotInAnchors().Replace(heading.Groups[1].Value.ToLowerInvariant(), "").Replace(' ', '-'));

    [GeneratedRegex("^        ", RegexOptions.Multiline)]
    private static partial Regex LineStart();

    [GeneratedRegex(@"\]\((?!https?:)([^)#]*)#?([^)]*)\)")]
    private static partial Regex RelativeLink();

    [GeneratedRegex("^#+ (.*)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NotInAnchors();
}
