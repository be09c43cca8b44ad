namespace KubeList.Tests.Hosting;

/// <summary>The two clusters that tests only read, each started once.</summary>
public sealed class SharedClusters : IDisposable
{
    private readonly Lazy<KubeApp> _generated = new(() => new KubeApp());
    private readonly Lazy<KubeApp> _real = new(() => new KubeApp(("load", SharedData.Require("real-cluster.json"))));

    /// <summary>The 1,000 pods that the sample makes.</summary>
    public KubeApp Generated => _generated.Value;

    /// <summary>The real cluster; skips the test where its file is not at hand.</summary>
    public KubeApp Real
    {
        get
        {
            // Asked for each time: a Lazy keeps the skip of the first test, and rethrows it where it no longer skips.
            SharedData.Require("real-cluster.json");
            return _real.Value;
        }
    }

    public void Dispose()
    {
        if (_generated.IsValueCreated) _generated.Value.Dispose();
        if (_real.IsValueCreated) _real.Value.Dispose();
    }
}
