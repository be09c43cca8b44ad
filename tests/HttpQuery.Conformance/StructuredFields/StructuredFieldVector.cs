using System.Text.Json;

namespace HttpQuery.Conformance.StructuredFields;

/// <summary>One vector of the HTTP working group's structured-field-tests.</summary>
/// <param name="Type">The shape of the field.</param>
/// <param name="Raw">The field lines, each as received; absent where the vector is about serialization alone.</param>
/// <param name="Expected">The value, as the JSON of the vectors says it; absent where parsing must fail.</param>
/// <param name="Canonical">The field as it must be written.</param>
/// <param name="MustFail">Whether parsing must fail, or serialization in the folder of that name.</param>
public sealed record StructuredFieldVector(SfFieldType Type, string[]? Raw, JsonElement? Expected, string Canonical, bool MustFail)
{
    private const string Folder = "structured-field-tests";
    private const string SerializationFolder = "serialisation-tests";

    private static readonly Dictionary<string, StructuredFieldVector[]> Cache = [];

    /// <summary>File, position and name of each parsing vector; where the shared data is absent, one row that <see cref="Find"/>
    /// skips.</summary>
    public static IEnumerable<TheoryDataRow<string, int, string>> ParsingRows => Rows("");

    /// <summary>The same for the vectors of serialization.</summary>
    public static IEnumerable<TheoryDataRow<string, int, string>> SerializationRows => Rows(SerializationFolder);

    /// <summary>The vector of a row; skips the test where the shared data is absent.</summary>
    public static StructuredFieldVector Find(string file, int position)
    {
        SharedData.Require(Folder);
        lock (Cache)
        {
            if (!Cache.TryGetValue(file, out var vectors))
                Cache[file] = vectors = [.. Load(Path.Combine(Folder, file)).EnumerateArray().Select(Read)];
            return vectors[position];
        }
    }

    /// <summary>The number of vectors, counted in the text of the files rather than by the parser of the rows.</summary>
    public static int CountInText(bool isSerialization)
    {
        SharedData.Require(Folder);
        return Files(isSerialization ? SerializationFolder : "")
            .Sum(file => File.ReadAllText(SharedData.Require(Path.Combine(Folder, file))).Split("\"header_type\":").Length - 1);
    }

    private static IEnumerable<TheoryDataRow<string, int, string>> Rows(string folder) =>
        SharedData.Find(Folder) is null
            ? [new("absent", 0, "the shared data is not here")]
            : Files(folder).SelectMany(file => Load(Path.Combine(Folder, file)).EnumerateArray().Select((vector, position) =>
                new TheoryDataRow<string, int, string>(file, position, vector.GetProperty("name").GetString()!)));

    private static IEnumerable<string> Files(string folder) =>
        Directory.GetFiles(SharedData.Require(Path.Combine(Folder, folder)), "*.json")
            .Select(path => Path.Combine(folder, Path.GetFileName(path)))
            .Order(StringComparer.Ordinal);

    private static JsonElement Load(string path) => JsonDocument.Parse(File.ReadAllText(SharedData.Require(path))).RootElement;

    private static StructuredFieldVector Read(JsonElement vector)
    {
        var raw = Lines(vector, "raw");
        return new(
            Enum.Parse<SfFieldType>(vector.GetProperty("header_type").GetString()!, ignoreCase: true),
            raw,
            vector.TryGetProperty("expected", out var expected) ? expected : null,
            string.Join(", ", Lines(vector, "canonical") ?? raw ?? []),
            vector.TryGetProperty("must_fail", out var mustFail) && mustFail.GetBoolean());
    }

    private static string[]? Lines(JsonElement vector, string name) =>
        vector.TryGetProperty(name, out var lines) ? [.. lines.EnumerateArray().Select(line => line.GetString()!)] : null;
}
