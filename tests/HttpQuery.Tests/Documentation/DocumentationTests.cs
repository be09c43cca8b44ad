using System.Text.RegularExpressions;

namespace HttpQuery.Tests.Documentation;

/// <summary>The language and the line lengths of sources and documents, the names in docs/rfc-map.md, and the options in docs/options.md.</summary>
public partial class DocumentationTests
{
    private const int MaximumColumns = 140;

    // Beside docs.
    private static readonly string[] Files = ["README.md", "SECURITY.md"];

    // Names in the map that belong to the framework.
    private static readonly string[] FrameworkNames = ["HttpClient", "HttpMethods.IsQuery"];

    // The files that declare a type, in whole or in part.
    private static readonly Lazy<ILookup<string, string>> FilesOfTypes = new(() => Declared(Type()));
    private static readonly Lazy<ILookup<string, string>> FilesOfMethods = new(() => Declared(Method()));

    [Fact]
    public void No_source_or_document_has_a_word_that_the_house_style_excludes()
    {
        var found =
            from file in Sources("src").Concat(Documents())
            from line in File.ReadLines(file).Index()
            where ExcludedWord().IsMatch(line.Item)
            select Place(file, line.Index, line.Item);

        Assert.Empty(found);
    }

    [Fact]
    public void No_line_is_longer_than_140_columns()
    {
        var found =
            from file in Sources("src").Concat(Documents())
            from line in file.EndsWith(".md", StringComparison.Ordinal) ? Prose(file) : File.ReadLines(file).Index()
            where line.Item.Length > MaximumColumns
            select Place(file, line.Index, line.Item);

        Assert.Empty(found);
    }

    [Fact]
    public void Every_type_and_test_that_the_map_of_the_RFC_names_exists()
    {
        var names = File.ReadLines(Path.Combine(Repository.Root, "docs", "rfc-map.md"))
            .Where(line => line.StartsWith("| ", StringComparison.Ordinal))
            .SelectMany(line => line.Split('|')[3..])
            .SelectMany(cell => NameInCode().Matches(cell).Select(match => match.Groups[1].Value))
            .Except(FrameworkNames)
            .ToArray();

        Assert.NotEmpty(names);
        Assert.All(names, name => Assert.True(Exists(name), name));
    }

    [Fact]
    public void Every_public_option_has_a_place_in_options_md()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "options.md"));
        var options = Directory.EnumerateFiles(Path.Combine(Repository.Root, "src"), "PublicAPI.*.txt", SearchOption.AllDirectories)
            .SelectMany(file => Option().Matches(File.ReadAllText(file)))
            .Select(match => match.Groups[1].Value)
            .ToHashSet();

        Assert.NotEmpty(options);
        Assert.All(options, option => Assert.Contains($"`{option}`", page, StringComparison.Ordinal));
    }

    // A type, a method of a type, or an extension method that an application calls.
    private static bool Exists(string name) => name.Split('.') is [var type, var method]
        ? FilesOfTypes.Value[type].Intersect(FilesOfMethods.Value[method]).Any()
        : FilesOfTypes.Value.Contains(name) || FilesOfMethods.Value.Contains(name);

    private static ILookup<string, string> Declared(Regex declaration) => Sources("src", "tests")
        .SelectMany(file => declaration.Matches(File.ReadAllText(file)).Select(match => (Name: match.Groups[1].Value, File: file)))
        .ToLookup(declared => declared.Name, declared => declared.File);

    private static IEnumerable<string> Documents() =>
        Directory.EnumerateFiles(Path.Combine(Repository.Root, "docs"), "*.md", SearchOption.AllDirectories)
            .Concat(Files.Select(file => Path.Combine(Repository.Root, file)));

    private static IEnumerable<string> Sources(params string[] folders) =>
        from folder in folders
        from file in Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.cs", SearchOption.AllDirectories)
        where !Built().IsMatch(file)
        select file;

    // Lines outside tables and fenced code.
    private static IEnumerable<(int Index, string Item)> Prose(string file)
    {
        var isCode = false;
        foreach (var line in File.ReadLines(file).Index())
        {
            var text = line.Item.TrimStart();
            if (text.StartsWith("```", StringComparison.Ordinal)) isCode = !isCode;
            else if (!isCode && !text.StartsWith('|')) yield return line;
        }
    }

    private static string Place(string file, int index, string line) => $"{Path.GetRelativePath(Repository.Root, file)}:{index + 1}: {line.Trim()}";

    [GeneratedRegex(@"\b(nobody|somebody|anybody|whoever|whom)\b", RegexOptions.IgnoreCase)]
    private static partial Regex ExcludedWord();

    [GeneratedRegex(@"^HttpQuery\.(?:\w+\.)*\w+Options(?:Base)?\.(\w+)\.get ->", RegexOptions.Multiline)]
    private static partial Regex Option();

    [GeneratedRegex(@"`([A-Z]\w+(\.\w+)?)`")]
    private static partial Regex NameInCode();

    [GeneratedRegex(@"\b(?:class|record|struct|interface|enum) (\w+)")]
    private static partial Regex Type();

    [GeneratedRegex(@"^ +(?:public|internal) [^=;(]*?\b(\w+)(?:<[\w, ]+>)?\(", RegexOptions.Multiline)]
    private static partial Regex Method();

    [GeneratedRegex(@"[\\/](bin|obj)[\\/]")]
    private static partial Regex Built();
}
