using HttpQuery.Tests.Architecture;

namespace HttpQuery.Client.Tests.Architecture;

/// <summary>HttpQuery.Client contains no unused code.</summary>
public class DeadCodeTests() : DeadCodeContract(typeof(QueryCacheHandler).Assembly);
