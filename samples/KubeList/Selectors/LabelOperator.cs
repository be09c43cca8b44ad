namespace KubeList.Selectors;

/// <summary>How a requirement compares a label. <c>=</c> and <c>==</c> are <see cref="In"/> with one value, <c>!=</c> is
/// <see cref="NotIn"/> with one.</summary>
internal enum LabelOperator
{
    In,
    NotIn,
    Exists,
    DoesNotExist,
    GreaterThan,
    LessThan,
}
