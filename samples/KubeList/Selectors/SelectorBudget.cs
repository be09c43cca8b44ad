namespace KubeList.Selectors;

/// <summary>Counts what one query may ask for, over both its selectors and while they are read, before anything is built of it.</summary>
internal sealed class SelectorBudget(int maximumValues, int maximumRequirements)
{
    private int _values;
    private int _requirements;

    /// <summary>Which limit was passed, or <see langword="null"/>.</summary>
    public string? Problem { get; private set; }

    /// <summary>Counts one value.</summary>
    /// <returns><see langword="false"/> when it is one too many.</returns>
    public bool TakeValue()
    {
        if (++_values > maximumValues) Problem ??= $"the selectors have more than {maximumValues} values";
        return Problem is null;
    }

    /// <summary>Counts one requirement.</summary>
    /// <returns><see langword="false"/> when it is one too many.</returns>
    public bool TakeRequirement()
    {
        if (++_requirements > maximumRequirements) Problem ??= $"the selectors have more than {maximumRequirements} requirements";
        return Problem is null;
    }
}
