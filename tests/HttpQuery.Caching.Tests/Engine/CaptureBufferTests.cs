using HttpQuery.Caching.Engine;

namespace HttpQuery.Caching.Tests.Engine;

/// <summary>What is captured of a response is what was sent of it, or nothing.</summary>
public class CaptureBufferTests
{
    private const int Most = 1024 * 1024;

    private readonly PendingMemory _memory = new(64 * 1024 * 1024);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4096)]
    [InlineData(4097)]
    [InlineData(12_288)]
    [InlineData(500_000)]
    public void It_has_what_was_appended(int length)
    {
        var (random, sent) = (new Random(length), new byte[length]);
        random.NextBytes(sent);
        using var capture = Capture();
        for (var position = 0; position < length;)
        {
            var count = Math.Min(1 + random.Next(9000), length - position);
            Assert.True(capture.TryAppend(sent.AsSpan(position, count)));
            position += count;
        }
        Assert.Equal(sent, capture.Complete());
        Assert.Equal(0, _memory.Size);
    }

    [Fact]
    public void Its_memory_is_what_has_come_and_not_what_was_announced()
    {
        using var capture = new CaptureBuffer(_memory, Most, announced: Most, () => { });
        Assert.Equal(0, _memory.Size);
        Assert.True(capture.TryAppend(new byte[10]));
        Assert.Equal(4096, _memory.Size);
        Assert.True(capture.TryAppend(new byte[100_000]));
        Assert.InRange(_memory.Size, 100_010, 2 * 100_010);
    }

    [Theory]
    [InlineData(100, null, 100, true)]
    [InlineData(100, null, 101, false)]
    [InlineData(100, 50L, 50, true)]
    [InlineData(100, 50L, 51, false)]
    public void It_takes_up_to_its_limits(int maximum, long? announced, int length, bool isTaken)
    {
        using var capture = new CaptureBuffer(_memory, maximum, announced, () => { });
        Assert.True(capture.TryAppend(new byte[length - 1]));
        Assert.Equal(isTaken, capture.TryAppend(new byte[1]));
        Assert.Equal(isTaken ? length : null, capture.Complete()?.Length);
        Assert.False(capture.HasGivenWay);
        Assert.Equal(0, _memory.Size);
    }

    [Fact]
    public void It_gives_way_to_newer_ones()
    {
        var (memory, gone) = (new PendingMemory(10_000), 0);
        using var first = new CaptureBuffer(memory, Most, null, () => gone++);
        using var second = new CaptureBuffer(memory, Most, null, () => gone += 10);
        using var third = new CaptureBuffer(memory, Most, null, () => gone += 100);
        Assert.True(first.TryAppend([1]) && second.TryAppend([2]) && third.TryAppend([3]));
        Assert.Equal(1, gone);
        Assert.True(first.HasGivenWay);
        Assert.False(first.TryAppend([1]));
        Assert.Null(first.Complete());
        Assert.Equal([2], second.Complete());
        Assert.Equal([3], third.Complete());
        Assert.Equal(0, memory.Size);
    }

    [Fact]
    public void One_alone_that_needs_more_than_there_is_gives_way()
    {
        var memory = new PendingMemory(10_000);
        using var capture = new CaptureBuffer(memory, Most, null, () => { });
        Assert.False(capture.TryAppend(new byte[20_000]));
        Assert.True(capture.HasGivenWay);
        Assert.Null(capture.Complete());
        Assert.Equal(0, memory.Size);
    }

    // Pieces come from a pool: one that is given back while its owner still writes would be in another's response.
    [Fact]
    public async Task Under_pressure_each_has_its_own_bytes_or_none()
    {
        var (memory, whole, gone) = (new PendingMemory(256 * 1024), 0, 0);
        await Parallel.ForAsync(0, 4_000, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (number, cancellationToken) =>
        {
            var (random, mark) = (new Random(number), (byte)(1 + (number % 250)));
            using var capture = new CaptureBuffer(memory, Most, null, () => { });
            var length = 0;
            for (var i = random.Next(20); i >= 0; i--)
            {
                var bytes = new byte[random.Next(20_000)];
                Array.Fill(bytes, mark);
                if (!capture.TryAppend(bytes)) break;
                length += bytes.Length;
                if (random.Next(3) == 0) await Task.Yield();
            }
            if (capture.Complete() is { } content)
            {
                Interlocked.Increment(ref whole);
                Assert.Equal(length, content.Length);
                Assert.False(content.AsSpan().ContainsAnyExcept(mark));
            }
            else
            {
                Interlocked.Increment(ref gone);
            }
        }).WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        Assert.Equal(0, memory.Size);
        Assert.True(whole > 100 && gone > 100, $"{whole} were whole, and {gone} gave way.");
    }

    private CaptureBuffer Capture() => new(_memory, Most, announced: null, () => { });
}
