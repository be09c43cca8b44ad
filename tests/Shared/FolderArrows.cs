using System.Text.RegularExpressions;

namespace HttpQuery.Tests.Shared;

/// <summary>Finds the arrows between the folders of a project in <c>src</c>: an arrow says that one folder uses another.</summary>
/// <remarks>
/// Reads the sources as text. A file uses a folder when its code names a type of that folder, or imports the folder's namespace.
/// The project folder itself is written <c>.</c>, so an arrow looks like <c>. -> Ranges</c>.
/// </remarks>
internal static partial class FolderArrows
{
    private const string Arrow = " -> ";

    /// <summary>Returns every arrow between two folders of a project, sorted.</summary>
    /// <param name="project">The name of a folder in <c>src</c>, for example <c>HttpQuery.Protocol</c>.</param>
    public static IReadOnlyList<string> Find(string project)
    {
        var sources = ReadSources(Path.Combine(Repository.Root, "src", project));
        var homes = sources.SelectMany(source => source.Types.Select(type => (Name: type, source.Folder, source.Namespace)))
            .Distinct()
            .ToLookup(home => home.Name);
        var folders = sources.Select(source => (source.Namespace, source.Folder))
            .Distinct()
            .ToLookup(pair => pair.Namespace, pair => pair.Folder);

        // A namespace that another project has, too, does not say which of the two is used.
        var shared = ReadNamespacesOfOthers(project);
        var arrows = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var source in sources)
        {
            foreach (var name in source.Names)
            {
                var visible = homes[name].Where(home => source.Sees(home.Namespace)).Select(home => home.Folder).ToArray();
                if (visible.Contains(source.Folder)) continue;
                arrows.UnionWith(visible.Select(folder => source.Folder + Arrow + folder));
            }

            // Extension methods are used without a name of their type, but not without its namespace.
            // Doors live in namespaces of the framework, which other files import for its own types.
            foreach (var import in source.Imports.Except(shared).Where(import => import.StartsWith("HttpQuery", StringComparison.Ordinal)))
                if (folders[import].ToArray() is [var folder] && folder != source.Folder) arrows.Add(source.Folder + Arrow + folder);
        }

        return [.. arrows];
    }

    /// <summary>Returns the arrows that are part of a circle or lead to one.</summary>
    public static IReadOnlyList<string> FindCircles(IEnumerable<string> arrows)
    {
        var left = arrows.Select(arrow => arrow.Split(Arrow)).ToList();
        while (true)
        {
            var starts = left.Select(arrow => arrow[0]).ToHashSet();
            if (left.RemoveAll(arrow => !starts.Contains(arrow[1])) == 0) return [.. left.Select(arrow => string.Join(Arrow, arrow))];
        }
    }

    private static HashSet<string> ReadNamespacesOfOthers(string project) =>
    [
        .. from root in Directory.EnumerateDirectories(Path.Combine(Repository.Root, "src"))
           where Path.GetFileName(root) != project
           from path in Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
           let match = NamespaceLine().Match(File.ReadAllText(path))
           where match.Success
           select match.Groups[1].Value,
    ];

    private static Source[] ReadSources(string root) =>
    [
        .. from path in Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
           let folder = Path.GetRelativePath(root, Path.GetDirectoryName(path)!).Replace(Path.DirectorySeparatorChar, '/')
           where folder.Split('/')[0] is not ("bin" or "obj")
           let code = CommentOrText().Replace(File.ReadAllText(path), " ")
           where NamespaceLine().IsMatch(code)
           select new Source(
               folder,
               NamespaceLine().Match(code).Groups[1].Value,
               [.. UsingLine().Matches(code).Select(match => match.Groups[1].Value)],
               [.. TypeLine().Matches(code).Select(match => match.Groups[1].Value)],
               [.. Name().Matches(code).Select(match => match.Value)]),
    ];

    [GeneratedRegex(@"""{3}[\s\S]*?""{3}|@""(?:[^""]|"""")*""|""(?:\\.|[^""\\\n])*""|'(?:\\.|[^'\\\n])+'|//[^\n]*|/\*[\s\S]*?\*/")]
    private static partial Regex CommentOrText();

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex NamespaceLine();

    [GeneratedRegex(@"^using ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex UsingLine();

    // Types at the start of a line: nested types are reached by the names of those around them.
    [GeneratedRegex(
        @"^(?:(?:public|internal|sealed|static|abstract|readonly|partial|ref|file) )*(?:record struct|record|class|struct|interface|enum) (\w+)",
        RegexOptions.Multiline)]
    private static partial Regex TypeLine();

    // Not after a dot: that is a member.
    [GeneratedRegex(@"(?<![.\w])[A-Za-z_]\w*")]
    private static partial Regex Name();

    private sealed record Source(string Folder, string Namespace, HashSet<string> Imports, HashSet<string> Types, HashSet<string> Names)
    {
        public bool Sees(string other) =>
            Namespace == other || Namespace.StartsWith(other + ".", StringComparison.Ordinal) || Imports.Contains(other);
    }
}
