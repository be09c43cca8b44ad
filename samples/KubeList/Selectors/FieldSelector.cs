namespace KubeList.Selectors;

/// <summary>Requirements on fields, all of which an object must meet; none selects everything.</summary>
internal sealed class FieldSelector(IReadOnlyList<FieldRequirement> requirements)
{
    public static readonly FieldSelector Everything = new([]);

    private readonly FieldRequirement[] _requirements = [.. requirements];

    public IReadOnlyList<FieldRequirement> Requirements => _requirements;

    public bool IsEmpty => _requirements.Length == 0;

    public bool Matches(string[] fields)
    {
        foreach (var requirement in _requirements)
            if (!requirement.Matches(fields)) return false;
        return true;
    }
}
