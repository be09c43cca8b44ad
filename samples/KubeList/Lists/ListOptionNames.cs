namespace KubeList.Lists;

/// <summary>The options of a list, by the names that they have in a URI, in a form and in JSON.</summary>
internal static class ListOptionNames
{
    public const string LabelSelector = "labelSelector";
    public const string FieldSelector = "fieldSelector";
    public const string Limit = "limit";
    public const string Continue = "continue";
    public const string ResourceVersion = "resourceVersion";
    public const string ResourceVersionMatch = "resourceVersionMatch";
    public const string Watch = "watch";
    public const string AllowWatchBookmarks = "allowWatchBookmarks";
    public const string SendInitialEvents = "sendInitialEvents";
    public const string TimeoutSeconds = "timeoutSeconds";

    private static readonly HashSet<string> All =
    [
        LabelSelector, FieldSelector, Limit, Continue, ResourceVersion, ResourceVersionMatch,
        Watch, AllowWatchBookmarks, SendInitialEvents, TimeoutSeconds,
    ];

    public static bool Contains(string name) => All.Contains(name);
}
