namespace HttpQuery.Protocol.Tests.Support;

/// <summary>Measures what code allocates on the thread of the test.</summary>
internal static class Allocation
{
    private const int WarmUps = 3;
    private const int Calls = 20;

    /// <summary>The bytes that every call allocates, once what happens only on the first calls is over.</summary>
    /// <remarks>The least of several: now and then the runtime allocates something of its own, while it compiles a method anew.</remarks>
    public static long Of(Action action)
    {
        for (var i = 0; i < WarmUps; i++) action();
        var least = long.MaxValue;
        for (var i = 0; i < Calls; i++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            action();
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        return least;
    }
}
