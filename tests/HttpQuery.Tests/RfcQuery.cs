namespace HttpQuery.Tests;

/// <summary>The query that the test endpoints take.</summary>
public sealed record RfcQuery(string? Match, int FromYear = 0);
