namespace KubeList.Lists;

/// <summary>How the revision that a list asks for binds.</summary>
internal enum VersionRule
{
    /// <summary>The newest state; in memory this is also what "any" gets.</summary>
    MostRecent,

    NotOlderThan,

    Exact,
}
