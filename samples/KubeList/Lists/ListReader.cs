using KubeList.Errors;
using KubeList.Store;
using Microsoft.Extensions.Options;

namespace KubeList.Lists;

/// <summary>Answers list requests from the store: chooses the state, finds the page, keeps the snapshot for the next one.</summary>
internal sealed class ListReader(ClusterStore store, PinnedSnapshots pins, IOptions<KubeListOptions> options)
{
    /// <exception cref="StatusException">The token is not of this query (400), the snapshot is gone (410), or the revision
    /// has not come in time (504).</exception>
    public async Task<ListPage> ReadAsync(ListRequest request, CancellationToken cancellation)
    {
        var token = ReadToken(request);
        var state = token is { Revision: not ContinueToken.NewestState }
            ? FindSnapshot(request, token)
            : await FindStateAsync(request.Version, cancellation);

        var snapshot = state[request.Kind];
        var items = Selection.Find(snapshot, request, token?.StartKey, cancellation);
        if (request.Limit == 0 || items.Count <= request.Limit) return new(request.Kind, state.Revision, items, null, null);

        // A first page's snapshot is what its other pages are read from, whatever happens meanwhile.
        if (token is null or { Revision: ContinueToken.NewestState }) pins.Pin(state);
        items.RemoveAt(items.Count - 1);
        var next = ContinueToken.After(state.Revision, items[^1].Key).Encode(request.Digest);
        return new(request.Kind, state.Revision, items, next, Remaining(snapshot, request, items[^1]));
    }

    /// <summary>The state for reading a single object: not older than the revision that the request names.</summary>
    public async Task<ClusterState> FindStateAsync(VersionDemand version, CancellationToken cancellation)
    {
        if (version.Rule is VersionRule.MostRecent) return store.Current;
        var state = await store.WaitForAsync(version.Revision, options.Value.RevisionPatience, cancellation)
            ?? throw new StatusException(KubeStatus.FutureRevision(version.Revision, store.Current.Revision));
        if (version.Rule is VersionRule.NotOlderThan || (ulong)state.Revision == version.Revision) return state;
        return pins.TryGet((long)version.Revision, out var pinned)
            ? pinned
            : throw new StatusException(KubeStatus.Expired($"The resourceVersion for the provided list is too old: {version.Revision}"));
    }

    private static ContinueToken? ReadToken(ListRequest request)
    {
        if (request.Continue.Length == 0) return null;
        return ContinueToken.TryParse(request.Continue, request.Digest, out var token)
            ? token
            : throw new StatusException(KubeStatus.BadRequest("the continue token is not valid, or is not a token of this query"));
    }

    private ClusterState FindSnapshot(ListRequest request, ContinueToken token)
    {
        var current = store.Current;
        if (current.Revision == token.Revision) return current;
        if (pins.TryGet(token.Revision, out var pinned)) return pinned;
        throw new StatusException(KubeStatus.Expired(
            "The continue token is too old to go on with a consistent list. List again without it, or take the token in this "
            + "response: it goes on from the same place in the newest state, so that changes made meanwhile may show.",
            (token with { Revision = ContinueToken.NewestState }).Encode(request.Digest)));
    }

    // With selectors it would have to be counted, and Kubernetes does not tell.
    private static long? Remaining(ResourceSnapshot snapshot, ListRequest request, KubeObject last) =>
        request.Labels.IsEmpty && request.Fields.IsEmpty
            ? snapshot.RangeOf(request.Namespace).End - snapshot.LowerBound(last.Key) - 1
            : null;
}
