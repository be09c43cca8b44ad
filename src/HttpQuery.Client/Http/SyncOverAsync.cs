namespace HttpQuery.Http;

/// <summary>Waits for an asynchronous call in a synchronous one.</summary>
internal static class SyncOverAsync
{
    /// <summary>Runs the call without the thread's SynchronizationContext: what goes on after a wait, in a store or a handler of others, would be posted to this thread, which waits for it.</summary>
    public static void Run(Func<ValueTask> call)
    {
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            call().AsTask().GetAwaiter().GetResult();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }
}
