namespace HttpQuery.Protocol.Tests.Support;

/// <summary>Measures what code allocates on the thread of the test.</summary>
internal static class Allocation
{
    private const int WarmUps = 3;

    /// <summary>The bytes that one call allocates, once what happens only on the first calls is over.</summary>
    public static long Of(Action action)
    {
        for (var i = 0; i < WarmUps; i++) action();
        var before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
