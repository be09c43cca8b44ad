namespace HttpQuery.Http;

/// <summary>Waits for an asynchronous call in a synchronous method.</summary>
internal static class SyncOverAsync
{
    /// <summary>Runs the call without the thread's SynchronizationContext, and waits for it.</summary>
    /// <remarks>With the context, a continuation in a store or handler would be posted to this thread, which waits for it: a
    /// deadlock.</remarks>
    public static T Run<T>(Func<ValueTask<T>> call)
    {
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            return call().AsTask().GetAwaiter().GetResult();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }
}
