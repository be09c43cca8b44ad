namespace HttpQuery.Tests.Shared;

/// <summary>Public test vectors and a real cluster's objects, which the repository does not contain.</summary>
/// <remarks>They are looked for in the folder that <c>HTTPQUERY_SHARED</c> names, else in <c>../shared/data</c> beside the
/// repository. Where they are absent the test is skipped with that reason; with <c>HTTPQUERY_REQUIRE_SERVICES=1</c> it fails.</remarks>
internal static class SharedData
{
    /// <summary>The full path of a file or folder of the shared data; skips the test where it is absent.</summary>
    public static string Require(string relativePath)
    {
        if (Find(relativePath) is { } path) return path;
        Requirement.Missing($"{relativePath} is not here; set HTTPQUERY_SHARED to the folder that holds it.");
        throw new InvalidOperationException("Not reached: Missing throws.");
    }

    /// <summary>The full path, or <see langword="null"/> where the shared data is absent.</summary>
    public static string? Find(string relativePath)
    {
        var named = Environment.GetEnvironmentVariable("HTTPQUERY_SHARED");
        var roots = string.IsNullOrEmpty(named)
            ? [Path.Combine(Repository.Root, "..", "shared", "data")]
            : new[] { named, Path.Combine(named, "data") };
        return roots.Select(root => Path.GetFullPath(Path.Combine(root, relativePath))).FirstOrDefault(Path.Exists);
    }
}
