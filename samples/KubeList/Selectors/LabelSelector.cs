using KubeList.Store;

namespace KubeList.Selectors;

/// <summary>Requirements on labels, all of which an object must meet; none selects everything.</summary>
internal sealed class LabelSelector(IReadOnlyList<LabelRequirement> requirements)
{
    public static readonly LabelSelector Everything = new([]);

    private readonly LabelRequirement[] _requirements = [.. requirements];

    public IReadOnlyList<LabelRequirement> Requirements => _requirements;

    public bool IsEmpty => _requirements.Length == 0;

    public bool Matches(LabelSet labels)
    {
        foreach (var requirement in _requirements)
            if (!requirement.Matches(labels)) return false;
        return true;
    }
}
