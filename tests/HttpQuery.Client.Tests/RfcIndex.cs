using System.Text.Json.Serialization;

namespace HttpQuery.Client.Tests;

/// <summary>The query of these tests: RFCs with a minimum number of pages.</summary>
internal sealed record RfcQuery(string Title, int MinimumPages);

/// <summary>One element of the results.</summary>
internal sealed record Rfc(int Number, string Title);

/// <summary>The contracts of both types for trimmed and native programs.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(RfcQuery))]
[JsonSerializable(typeof(Rfc[]))]
internal sealed partial class RfcJson : JsonSerializerContext;
