namespace HttpQuery.Negotiation;

/// <summary>One call of <c>WithProduces</c> or <c>WithResponseWriter</c>, as endpoint metadata.</summary>
/// <param name="MediaTypes">In order of preference.</param>
/// <param name="Replaces">Whether this replaces earlier declarations, for example those of a group.</param>
internal sealed record ProducesMetadata(IReadOnlyList<MediaType> MediaTypes, bool Replaces)
{
    /// <summary>Type of the value that a writer writes; <see langword="null"/> if the handler writes by itself.</summary>
    public Type? ValueType { get; init; }
}
