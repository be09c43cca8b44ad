using HttpQuery.Tests.Architecture;

namespace HttpQuery.Protocol.Tests.Architecture;

/// <summary>HttpQuery.Protocol contains no unused code.</summary>
public class DeadCodeTests() : DeadCodeContract(typeof(AcceptQuery).Assembly);
