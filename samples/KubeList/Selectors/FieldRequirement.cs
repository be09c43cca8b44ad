namespace KubeList.Selectors;

/// <summary>One requirement of a field selector: the field's value is one of those given, or none of them.</summary>
/// <remarks>An absent field compares as the empty value, so <c>Exists</c> is "not in the empty value" and needs no operator of
/// its own.</remarks>
/// <param name="Field">Place of the field in the kind's list.</param>
/// <param name="Path">The field's path.</param>
/// <param name="IsIn">Whether the value must be among <paramref name="Values"/>; else it must not.</param>
/// <param name="Values">The values.</param>
internal sealed record FieldRequirement(int Field, string Path, bool IsIn, ValueSet Values)
{
    public bool Matches(string[] fields) => Values.Contains(fields[Field]) == IsIn;

    public byte[] Digest() => SelectorDigest.OfRequirement(IsIn ? "In" : "NotIn", Path, Values.Distinct);
}
