using System.Buffers;
using System.IO.Pipelines;
using HttpQuery.Caching;
using HttpQuery.Caching.Engine;
using HttpQuery.RequestBody;

namespace HttpQuery.Tests.RequestBody;

/// <summary>Content that is read ahead: whatever happens to its memory, the handler reads what was sent.</summary>
public sealed class ReadAheadStreamTests
{
    private const int Limit = 16 * 1024;

    private static CancellationToken Test => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4000)]
    public async Task What_had_come_and_what_comes_later_is_read_after_it_gave_way(int before)
    {
        var (memory, pipe) = (new PendingMemory(Limit), new Pipe());
        var stream = new ReadAheadStream(pipe.Reader.AsStream(), memory);
        var content = Bytes(9000);
        if (before > 0) await pipe.Writer.WriteAsync(content.AsMemory(0, before), Test);
        var filling = stream.FillAsync(Limit, Test).AsTask();
        Assert.False(filling.IsCompleted);

        using var newer = memory.Begin(isContent: true, giveWay: null);
        Assert.True(newer.TryGrow(Limit / 2));
        await filling;
        Assert.False(stream.IsWhole);
        stream.Release();

        await pipe.Writer.WriteAsync(content.AsMemory(before), Test);
        await pipe.Writer.CompleteAsync();
        Assert.Equal(content, await ReadAsync(stream));
        stream.Release();
        Assert.Empty(await ReadAsync(stream));
    }

    [Fact]
    public async Task Memory_that_was_read_is_given_back_though_the_rest_never_comes()
    {
        var (memory, pipe) = (new PendingMemory(1024 * 1024), new Pipe(new(pauseWriterThreshold: 0)));
        var stream = new ReadAheadStream(pipe.Reader.AsStream(), memory);
        var content = Bytes(400_000);
        await pipe.Writer.WriteAsync(content, Test);
        var filling = stream.FillAsync(1024 * 1024, Test).AsTask();
        while (stream.Bytes.Length < content.Length) await Task.Delay(1, Test);
        using var newer = memory.Begin(isContent: true, giveWay: null);
        Assert.True(newer.TryGrow(512 * 1024));
        await filling;
        stream.Release();

        var read = new byte[content.Length];
        await stream.ReadExactlyAsync(read, Test);
        Assert.Equal(content, read);
        Assert.InRange(stream.Bytes.Length, 0, 16 * 1024);
    }

    [Fact]
    public async Task Who_reads_on_after_all_that_had_come_was_read_gets_what_comes()
    {
        var (memory, pipe) = (new PendingMemory(Limit), new Pipe());
        var stream = new ReadAheadStream(pipe.Reader.AsStream(), memory);
        await pipe.Writer.WriteAsync("abc"u8.ToArray(), Test);
        var filling = stream.FillAsync(Limit, Test).AsTask();
        using var newer = memory.Begin(isContent: true, giveWay: null);
        Assert.True(newer.TryGrow(Limit / 2));
        await filling;

        var buffer = new byte[10];
        Assert.Equal(3, await stream.ReadAsync(buffer, Test));
        stream.Release();
        await pipe.Writer.WriteAsync("def"u8.ToArray(), Test);
        Assert.Equal(3, await stream.ReadAsync(buffer, Test));
        Assert.Equal("def"u8.ToArray(), buffer[..3]);
    }

    [Fact]
    public async Task Its_memory_is_nobody_elses_while_it_is_needed_though_a_handler_disposes_the_stream()
    {
        var (memory, content) = (new PendingMemory(Limit), Bytes(3000));
        var stream = new ReadAheadStream(new MemoryStream(content), memory);
        await stream.FillAsync(Limit, Test);
        var bytes = stream.Bytes;
        Assert.True(stream.IsWhole);
        await ReadAsync(stream);
        await stream.DisposeAsync();
        Overwrite();
        Assert.Equal(content, bytes.ToArray());
        Assert.Empty(await ReadAsync(stream));
        Assert.NotEqual(0, memory.Size);
        stream.End();
        Assert.Equal(0, memory.Size);
    }

    [Fact]
    public async Task Its_memory_is_counted_until_it_has_been_read()
    {
        var memory = new PendingMemory(Limit);
        var stream = new ReadAheadStream(new MemoryStream(Bytes(3000)), memory);
        await stream.FillAsync(Limit, Test);
        stream.Release();
        Assert.Equal(4096, memory.Size);
        await stream.ReadExactlyAsync(new byte[3000], Test);
        Assert.Equal(0, memory.Size);
    }

    [Fact]
    public async Task What_is_over_is_read_by_nobody()
    {
        var stream = new ReadAheadStream(new MemoryStream(Bytes(3000)), new PendingMemory(Limit));
        await stream.FillAsync(Limit, Test);
        stream.End();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => stream.ReadExactlyAsync(new byte[1], Test).AsTask());
    }

    [Theory]
    [InlineData(4096)]
    [InlineData(16 * 1024)]
    [InlineData(200_000)]
    [InlineData(1024 * 1024)]
    public async Task Content_lies_in_small_pieces_and_is_read_from_them(int length)
    {
        var (memory, content) = (new PendingMemory(8 * 1024 * 1024), Bytes(length));
        var stream = new ReadAheadStream(new MemoryStream(content), memory);
        await stream.FillAsync(length, Test);
        Assert.True(stream.IsWhole);
        Assert.Equal(content, stream.Bytes.ToArray());
        foreach (var piece in stream.Bytes) Assert.InRange(piece.Length, 0, 16 * 1024);
        Assert.InRange(memory.Size, length, Math.Max(2 * length, length + (16 * 1024)));
        Assert.Equal(content, await ReadAsync(stream));
        stream.Release();
        Assert.Equal(0, memory.Size);
    }

    [Fact]
    public async Task Long_content_allocates_no_more_than_short_content()
    {
        var (small, large) = (await AllocatedAsync(5_000), await AllocatedAsync(500_000));
        Assert.InRange(large, 0, small + 200);

        static async Task<long> AllocatedAsync(int length)
        {
            var (memory, source) = (new PendingMemory(8 * 1024 * 1024), new MemoryStream(Bytes(length)));
            var least = long.MaxValue;
            for (var i = 0; i < 20; i++)
            {
                source.Position = 0;
                var before = GC.GetAllocatedBytesForCurrentThread();
                var stream = new ReadAheadStream(source, memory);
                var filling = stream.FillAsync(length, Test);
                Assert.True(filling.IsCompleted);
                await filling;
                stream.Consume();
                least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            }
            return least;
        }
    }

    private static byte[] Bytes(int length)
    {
        var bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        return bytes;
    }

    private static async Task<byte[]> ReadAsync(Stream stream)
    {
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy, Test);
        return copy.ToArray();
    }

    // Whatever the pool has of this size is another's now.
    private static void Overwrite()
    {
        var others = Enumerable.Range(0, 100).Select(_ => ArrayPool<byte>.Shared.Rent(4096)).ToArray();
        foreach (var other in others) other.AsSpan().Clear();
        foreach (var other in others) ArrayPool<byte>.Shared.Return(other);
    }
}
