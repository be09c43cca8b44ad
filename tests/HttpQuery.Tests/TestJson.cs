using System.Text.Json.Serialization;

namespace HttpQuery.Tests;

/// <summary>Serialization metadata for the doors that take it.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(RfcQuery)), JsonSerializable(typeof(string))]
internal sealed partial class TestJson : JsonSerializerContext;
