using System.Text.Json.Serialization;

namespace QueryGateway.Management;

/// <summary>What is to be purged: one of the two.</summary>
/// <param name="Uri">An absolute URI as clients of the gateway ask for it.</param>
/// <param name="Tag">A tag of responses.</param>
internal sealed record PurgeRequest(string? Uri = null, string? Tag = null);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(PurgeRequest))]
internal sealed partial class PurgeJson : JsonSerializerContext;
