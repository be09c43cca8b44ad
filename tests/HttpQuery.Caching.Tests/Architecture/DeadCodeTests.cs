using HttpQuery.Tests.Architecture;

namespace HttpQuery.Caching.Tests.Architecture;

/// <summary>HttpQuery.Caching contains no unused code.</summary>
public class DeadCodeTests() : DeadCodeContract(typeof(QueryCache).Assembly);
