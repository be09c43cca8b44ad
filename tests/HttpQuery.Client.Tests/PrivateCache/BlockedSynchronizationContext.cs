namespace HttpQuery.Client.Tests.PrivateCache;

/// <summary>The context of a thread that is blocked, such as that of a window: what is posted to it never runs.</summary>
internal sealed class BlockedSynchronizationContext : SynchronizationContext
{
    public override void Post(SendOrPostCallback d, object? state)
    {
    }

    /// <summary>Runs a function on a thread of its own that has this context, and fails after 30 seconds.</summary>
    public static Task<T> RunAsync<T>(Func<T> function) => Task.Factory.StartNew(
        () =>
        {
            SetSynchronizationContext(new BlockedSynchronizationContext());
            return function();
        },
        CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).WaitAsync(TimeSpan.FromSeconds(30));
}
