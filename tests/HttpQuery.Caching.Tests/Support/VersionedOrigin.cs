using System.Text;

namespace HttpQuery.Caching.Tests.Support;

/// <summary>An origin whose answers say what was asked, by whom and of which state, and a client that does not believe any other.</summary>
internal sealed class VersionedOrigin(params QueryCache[] caches)
{
    private const int Targets = 5;
    private const int Contents = 50;

    private readonly int[] _versions = new int[Targets];
    private readonly int[] _finished = new int[Targets];
    private int _served;

    /// <summary>How many requests were answered out of a cache.</summary>
    public int Served => _served;

    /// <summary>Sends a request through any of the caches.</summary>
    public async Task SendAsync(Random random)
    {
        var target = random.Next(Targets);
        var cache = caches[random.Next(caches.Length)];
        var text = random.Next(50) == 0 ? $"PUT /{target}" : random.Next(4) == 0 ? $"GET /{target}" : $$"""QUERY /{{target}} {"q":{{random.Next(Contents)}}}""";
        var user = $"user{random.Next(4)}";
        var floor = Volatile.Read(ref _finished[target]);

        using var transaction = await RequestDriver.BeginAsync(cache, CacheHost.Of(user, CacheHost.Request(text)));
        if (transaction.Action is CacheAction.Serve)
        {
            Interlocked.Increment(ref _served);
            Check(Encoding.UTF8.GetString(transaction.Answer().Content.Span), text, user, floor);
            return;
        }
        Assert.Equal(CacheAction.Forward, transaction.Action);
        if (text[0] is 'P')
        {
            var version = Interlocked.Increment(ref _versions[target]);
            if (random.Next(2) == 0) await Task.Yield();
            Assert.Equal(CacheHead.Pass, await transaction.ReceiveAsync(204, []));
            for (var finished = _finished[target]; finished < version;) finished = Interlocked.CompareExchange(ref _finished[target], version, finished);
            return;
        }

        var content = $"{text}\n{user}\n{Volatile.Read(ref _versions[target])}";
        for (var i = random.Next(3); i > 0; i--) await Task.Yield();
        if (await transaction.ReceiveAsync(200, Message.Headers("Cache-Control: max-age=600")) is CacheHead.Capture) await transaction.CompleteAsync(Encoding.UTF8.GetBytes(content));
    }

    private static void Check(string content, string text, string user, int floor)
    {
        var parts = content.Split('\n');
        Assert.Equal((text, user), (parts[0], parts[1]));
        Assert.True(int.Parse(parts[2], System.Globalization.CultureInfo.InvariantCulture) >= floor, $"{text} was answered with state {parts[2]}, after state {floor} had begun.");
    }
}
