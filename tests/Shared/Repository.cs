namespace HttpQuery.Tests.Shared;

/// <summary>Where the repository stands, for tests that read its files or start its programs.</summary>
internal static class Repository
{
    /// <summary>The folder of <c>HttpQuery.sln</c>.</summary>
    public static string Root { get; } = FindRoot();

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "HttpQuery.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException($"No HttpQuery.sln above {AppContext.BaseDirectory}.");
    }
}
