using System.Text.Json.Serialization.Metadata;

namespace HttpQuery.Endpoints;

/// <summary>Metadata of an endpoint whose content <c>MapQuery</c> reads by <paramref name="QueryType"/>, and that no endpoint filter of the application sees before.</summary>
internal sealed record JsonQueryMetadata(JsonTypeInfo QueryType);
