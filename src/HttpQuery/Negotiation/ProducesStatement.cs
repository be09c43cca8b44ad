namespace HttpQuery.Negotiation;

/// <summary>One call of <c>WithProduces</c> or <c>WithProducer</c>, as endpoint metadata.</summary>
/// <param name="MediaTypes">In the order of preference.</param>
/// <param name="Replaces">Whether what was stated before, by a group for example, no longer counts.</param>
internal sealed record ProducesStatement(IReadOnlyList<MediaType> MediaTypes, bool Replaces)
{
    /// <summary>What a producer writes; <see langword="null"/> where the handler writes by itself.</summary>
    public Type? ValueType { get; init; }
}
