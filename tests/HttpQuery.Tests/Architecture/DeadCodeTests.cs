namespace HttpQuery.Tests.Architecture;

/// <summary>HttpQuery contains no unused code.</summary>
public class DeadCodeTests() : DeadCodeContract(typeof(HttpQueryOptions).Assembly);
