using System.Buffers;
using HttpQuery.CacheKeys;
using HttpQuery.Caching;
using HttpQuery.Client.Tests.PrivateCache;

namespace HttpQuery.Client.Tests.Http;

/// <summary>The cache on a thread whose SynchronizationContext waits for the cache and runs nothing meanwhile.</summary>
public sealed class SyncOverAsyncTests
{
    private static CancellationToken Test => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Read")]
    [InlineData("CopyTo")]
    [InlineData("ReadAsync, waited for")]
    [InlineData("SendAsync, waited for")]
    [InlineData("POST, waited for")]
    [InlineData("EvictAsync, waited for")]
    public Task A_thread_that_blocks_gets_its_response_though_the_store_is_asynchronous(string kind) => AssertAnsweredAsync(kind, new AsynchronousStore());

    [Theory]
    [InlineData("Read")]
    [InlineData("CopyTo")]
    public Task So_it_does_with_a_store_that_goes_on_where_it_was_called(string kind) => AssertAnsweredAsync(kind, new AsynchronousStore(continueOnCapturedContext: true));

    private static async Task AssertAnsweredAsync(string kind, IQueryCacheStore store)
    {
        await using var origin = Origin.Start(Origin.Ok("first", Cached.Fresh), Origin.Ok("second", Cached.Fresh));
        var cache = new QueryCache(new() { StoreTimeout = TimeSpan.FromSeconds(20) }, store);
        using var client = new HttpClient(new QueryCacheHandler(cache) { InnerHandler = new SocketsHttpHandler() });

        var text = await BlockedSynchronizationContext.RunAsync(() =>
        {
            switch (kind)
            {
                case "POST, waited for":
                    using (client.PostAsync(origin.Uri("/"), null, Test).GetAwaiter().GetResult()) { }
                    break;
                case "EvictAsync, waited for":
                    cache.EvictAsync(origin.Uri("/")).AsTask().GetAwaiter().GetResult();
                    break;
                case "SendAsync, waited for":
                    using (var whole = client.SendAsync(Cached.Query(origin.Uri("/"), "{}"), Test).GetAwaiter().GetResult())
                        return whole.Content.ReadAsStringAsync(Test).GetAwaiter().GetResult();
            }
            using var response = client.Send(Cached.Query(origin.Uri("/"), "{}"), HttpCompletionOption.ResponseHeadersRead, Test);
            using var content = new MemoryStream();
            if (kind is "CopyTo") response.Content.CopyTo(content, null, Test);
            else if (kind is "ReadAsync, waited for") response.Content.ReadAsStreamAsync(Test).GetAwaiter().GetResult().CopyToAsync(content, Test).GetAwaiter().GetResult();
            else response.Content.ReadAsStream(Test).CopyTo(content);
            return System.Text.Encoding.UTF8.GetString(content.ToArray());
        });

        Assert.Equal(kind is "POST, waited for" ? "second" : "first", text);
        Assert.Equal("200 " + text, await client.TextAsync(Cached.Query(origin.Uri("/"), "{}")));
    }

    // Each call returns before its work is complete.
    private sealed class AsynchronousStore(bool continueOnCapturedContext = false) : IQueryCacheStore
    {
        private readonly MemoryCacheStore _store = new();

        public async ValueTask<ReadOnlyMemory<byte>?> GetAsync(string key, CancellationToken cancellationToken)
        {
            await Task.Delay(1, cancellationToken).ConfigureAwait(continueOnCapturedContext);
            return await _store.GetAsync(key, cancellationToken).ConfigureAwait(continueOnCapturedContext);
        }

        public async ValueTask SetAsync(string key, ReadOnlySequence<byte> value, TimeSpan lifetime, CancellationToken cancellationToken)
        {
            await Task.Delay(1, cancellationToken).ConfigureAwait(continueOnCapturedContext);
            await _store.SetAsync(key, value, lifetime, cancellationToken).ConfigureAwait(continueOnCapturedContext);
        }

        public async ValueTask RemoveAsync(string key, CancellationToken cancellationToken)
        {
            await Task.Delay(1, cancellationToken).ConfigureAwait(continueOnCapturedContext);
            await _store.RemoveAsync(key, cancellationToken).ConfigureAwait(continueOnCapturedContext);
        }
    }
}
