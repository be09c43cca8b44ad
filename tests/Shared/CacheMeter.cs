using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace HttpQuery.Tests.Shared;

/// <summary>The metrics of the caches of one application, as a listener of its own sees them.</summary>
internal sealed class CacheMeter : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentQueue<string> _requests = new();
    private readonly ConcurrentQueue<string> _instruments = new();
    private long _pending;

    /// <summary>What <c>httpquery.cache.requests</c> has counted: result, method, name.</summary>
    public string[] Requests => [.. _requests];

    /// <summary>The names of all instruments that were made.</summary>
    public string[] Instruments => [.. _instruments];

    /// <summary>The gauge <c>httpquery.cache.pending</c>.</summary>
    public long Pending
    {
        get
        {
            _listener.RecordObservableInstruments();
            return Volatile.Read(ref _pending);
        }
    }

    /// <summary>Begins to listen to what a factory makes: tests run side by side.</summary>
    public void Listen(IMeterFactory factory)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name is not "HttpQuery" || !ReferenceEquals(instrument.Meter.Scope, factory)) return;
            if (instrument.Name.StartsWith("httpquery.cache.", StringComparison.Ordinal)) _instruments.Enqueue(instrument.Name);
            listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            if (instrument.Name is "httpquery.cache.pending") Volatile.Write(ref _pending, value);
            if (instrument.Name is "httpquery.cache.requests") _requests.Enqueue($"{Of(tags, "httpquery.cache.result")} {Of(tags, "http.request.method")} {Of(tags, "httpquery.cache.name")}");
        });
        _listener.Start();
    }

    /// <summary>Waits until <see cref="Pending"/> is what the test needs.</summary>
    public Task UntilPendingAsync(Func<long, bool> isReached) => UntilAsync(() => isReached(Pending));

    /// <summary>Waits until that many requests have been counted.</summary>
    public async Task<string[]> UntilRequestsAsync(int count)
    {
        await UntilAsync(() => _requests.Count >= count);
        return Requests;
    }

    // What never comes is a failure, and not a run without an end.
    private static async Task UntilAsync(Func<bool> isReached)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromSeconds(30));
        while (!isReached()) await Task.Delay(5, limit.Token);
    }

    public void Dispose() => _listener.Dispose();

    private static string? Of(ReadOnlySpan<KeyValuePair<string, object?>> tags, string key)
    {
        foreach (var (name, value) in tags)
            if (name == key) return value?.ToString();
        return null;
    }
}
