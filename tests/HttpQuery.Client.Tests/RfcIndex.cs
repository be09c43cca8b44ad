using System.Text.Json.Serialization;

namespace HttpQuery.Client.Tests;

/// <summary>The query of these tests: RFCs that are at least so long.</summary>
internal sealed record RfcQuery(string Title, int MinimumPages);

/// <summary>One element of their results.</summary>
internal sealed record Rfc(int Number, string Title);

/// <summary>How trimmed and native programs describe the two.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(RfcQuery))]
[JsonSerializable(typeof(Rfc[]))]
internal sealed partial class RfcJson : JsonSerializerContext;
