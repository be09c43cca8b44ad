using KubeList.Store;

namespace KubeList.Lists;

/// <summary>One page of a list, ready to be written.</summary>
/// <param name="Kind">What is listed.</param>
/// <param name="Revision">The revision of the snapshot.</param>
/// <param name="Items">The items in order.</param>
/// <param name="Continue">The token of the next page; <see langword="null"/> on the last.</param>
/// <param name="Remaining">How many items are to come, where that is known.</param>
internal sealed record ListPage(ResourceKind Kind, long Revision, IReadOnlyList<KubeObject> Items, string? Continue, long? Remaining);
