using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Options;

namespace KubeList.Store;

/// <summary>The states that paged lists are still being read from, each for a limited time, and a limited number of them.</summary>
internal sealed class PinnedSnapshots(IOptions<KubeListOptions> options, TimeProvider time)
{
    private readonly Lock _lock = new();

    // Oldest pin first. Many lists at one revision share an entry, so there are few.
    private readonly List<(ClusterState State, long Since)> _pins = [];

    /// <summary>Keeps <paramref name="state"/>, counting its time anew.</summary>
    public void Pin(ClusterState state)
    {
        lock (_lock)
        {
            DropExpired();
            _pins.RemoveAll(pin => pin.State.Revision == state.Revision);
            if (_pins.Count == options.Value.MaximumPinnedSnapshots) _pins.RemoveAt(0);
            _pins.Add((state, time.GetTimestamp()));
        }
    }

    /// <summary>Finds the state of <paramref name="revision"/> while it is kept.</summary>
    public bool TryGet(long revision, [NotNullWhen(true)] out ClusterState? state)
    {
        lock (_lock)
        {
            DropExpired();
            state = _pins.Find(pin => pin.State.Revision == revision).State;
            return state is not null;
        }
    }

    private void DropExpired() => _pins.RemoveAll(pin => time.GetElapsedTime(pin.Since) >= options.Value.SnapshotLifetime);
}
