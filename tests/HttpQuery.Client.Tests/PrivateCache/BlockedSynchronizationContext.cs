namespace HttpQuery.Client.Tests.PrivateCache;

/// <summary>The context of a blocked thread, for example a window's: callbacks posted to it never run.</summary>
internal sealed class BlockedSynchronizationContext : SynchronizationContext
{
    public override void Post(SendOrPostCallback d, object? state)
    {
    }

    /// <summary>Runs a function on a separate thread with this context, and fails after 30 seconds.</summary>
    public static Task<T> RunAsync<T>(Func<T> function) => Task.Factory.StartNew(
        () =>
        {
            SetSynchronizationContext(new BlockedSynchronizationContext());
            return function();
        },
        CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).WaitAsync(TimeSpan.FromSeconds(30));
}
