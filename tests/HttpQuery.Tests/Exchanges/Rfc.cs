namespace HttpQuery.Tests.Exchanges;

/// <summary>An entry of the catalogue.</summary>
public sealed record Rfc(int Number, string Title);
