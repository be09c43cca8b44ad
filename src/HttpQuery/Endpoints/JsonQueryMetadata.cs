using System.Text.Json.Serialization.Metadata;

namespace HttpQuery.Endpoints;

/// <summary>Metadata of an endpoint whose content <c>MapQuery</c> reads as <paramref name="QueryType"/>. No endpoint filter of
/// the application sees the content before.</summary>
internal sealed record JsonQueryMetadata(JsonTypeInfo QueryType);
