using System.Text;
using Microsoft.AspNetCore.Builder;

namespace HttpQuery.Tests.Equivalents;

// The store: slow, failing, full, and not to be trusted.
public sealed partial class HostileEquivalentTests
{
    [Theory]
    [InlineData("")]
    [InlineData("\0\0\0\0")]
    [InlineData("\0\u0005notes\0\0")]
    [InlineData("\0\u0006/notes\u0001\u0004Host\u0005other\0")]
    [InlineData("\0\u0006/notes\u0001\u0003a\nb\u0001c\0")]
    [InlineData("\0\u0006/notes\u0001\0\0\0")]
    [InlineData("\0\u0009/a/../b/c\0\0")]
    [InlineData("\0\u0003*/?\0\0")]
    [InlineData("garbage that means nothing")]
    public async Task Foreign_bytes_in_the_store_are_an_unknown_URI(string bytes)
    {
        var store = new FaultyDistributedCache();
        await using var app = await NotesApp.StartAsync(
            app => app.MapSearch("/notes").WithEquivalentResource().WithStoredResult(),
            o => o.MaximumStatelessLocationLength = 0, store: store);
        var query = await app.TextAsync("/notes", "cats");
        var keys = store.Items.Keys.ToArray();
        Assert.Equal(2, keys.Length);
        foreach (var key in keys) store.Items[key] = Encoding.Latin1.GetBytes(bytes);
        Assert.Equal(404, (await app.GetAsync(query["Content-Location"]!)).Status);
        var get = await app.GetAsync(query["Location"]!);
        Assert.True(get.Status is 404 or 400, $"{get.Status}");
    }

    [Fact]
    public async Task Records_that_are_cut_off_are_an_unknown_URI()
    {
        var store = new FaultyDistributedCache();
        await using var app = await NotesApp.StartAsync(
            app => app.MapSearch("/notes").WithEquivalentResource(), o => o.MaximumStatelessLocationLength = 0, store: store);
        var location = (await app.TextAsync("/notes", "cats"))["Location"]!;
        var (key, record) = store.Items.Single();
        for (var length = 0; length < 40; length++)
        {
            store.Items[key] = record[..length];
            var get = await app.GetAsync(location);

            // Without its padding, a record is whole.
            Assert.True(get.Status is 404 || get.ContentText is "found: cats", $"{get.Status} {get.ContentText} at {length}");
        }
    }

    [Fact]
    public async Task A_store_that_has_the_record_of_another_query_answers_no_other_query()
    {
        var store = new FaultyDistributedCache();
        await using var app = await NotesApp.StartAsync(
            app => app.MapSearch("/notes").WithEquivalentResource(), o => o.MaximumStatelessLocationLength = 0, store: store);
        var cats = (await app.TextAsync("/notes", "cats"))["Location"]!;
        var key = store.Items.Keys.Single();
        var dogs = (await app.TextAsync("/notes", "dogs"))["Location"]!;
        store.Items[key] = store.Items.Single(item => item.Key != key).Value;
        Assert.Equal(404, (await app.GetAsync(cats)).Status);
        Assert.Equal("found: dogs", (await app.GetAsync(dogs)).ContentText);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_store_that_fails_fails_no_query_and_a_GET_is_503(bool isSynchronous)
    {
        var store = new FaultyDistributedCache
        {
            OnGet = (_, _) => isSynchronous ? throw new IOException("down") : Task.FromException<byte[]?>(new IOException("down")),
        };
        await using var app = await NotesApp.StartAsync(
            app => app.MapSearch("/notes").WithEquivalentResource().WithStoredResult(),
            o => o.MaximumStatelessLocationLength = 0, store: store);
        var query = await app.TextAsync("/notes", "cats");
        foreach (var uri in new[] { query["Location"]!, query["Content-Location"]! })
        {
            var get = await app.GetAsync(uri);
            Assert.Equal((503, "no-store", "1"), (get.Status, get["Cache-Control"], get["Retry-After"]));
        }
        store.OnSet = (_, _, _) => isSynchronous ? throw new IOException("down") : Task.FromException(new IOException("down"));
        var other = await app.TextAsync("/notes", "dogs");
        Assert.Equal((200, "found: dogs", null, null), (other.Status, other.ContentText, other["Location"], other["Content-Location"]));
    }

    [Fact]
    public async Task A_store_that_throws_when_its_call_is_cancelled_fails_no_query()
    {
        var store = new FaultyDistributedCache();
        Func<CancellationToken, Task> fail = token =>
        {
            token.Register(() => throw new InvalidOperationException("cancelled"));
            return Task.FromException(new IOException("down"));
        };
        store.OnSet = (_, _, token) => fail(token);
        await using var app = await NotesApp.StartAsync(
            app => app.MapSearch("/notes").WithEquivalentResource().WithStoredResult(),
            o => o.MaximumStatelessLocationLength = 0, store: store);
        var query = await app.TextAsync("/notes", "cats");
        Assert.Equal((200, "found: cats"), (query.Status, query.ContentText));
    }

    [Fact]
    public async Task A_store_that_hangs_holds_no_query_longer_than_the_timeout()
    {
        var called = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var store = new FaultyDistributedCache
        {
            OnSet = (_, _, _) =>
            {
                called.TrySetResult();
                return new TaskCompletionSource().Task;
            },
        };
        await using var app = await NotesApp.StartAsync(
            app => app.MapSearch("/notes").WithEquivalentResource(), o => o.MaximumStatelessLocationLength = 0, store: store);
        var asking = app.TextAsync("/notes", "cats");
        await called.Task;
        while (!asking.IsCompleted)
        {
            app.Time.Advance(TimeSpan.FromMilliseconds(500));
            await Task.Yield();
        }
        var query = await asking;
        Assert.Equal((200, "found: cats", null), (query.Status, query.ContentText, query["Location"]));
    }

    [Fact]
    public async Task A_Location_in_memory_names_a_query_that_fits_there()
    {
        await using var app = await NotesApp.StartAsync(
            app => app.MapSearch("/notes").WithEquivalentResource(),
            o => (o.MaximumStatelessLocationLength, o.MaximumLocationStoreSize) = (0, 4 * 4096));
        for (var length = 3600; length < 4200; length += 8)
        {
            var query = await app.TextAsync("/notes", new('x', length));
            if (query["Location"] is not { } location) continue;
            var get = await app.GetAsync(location);
            Assert.True(get.Status == 200, $"{get.Status} for content of {length} bytes");
        }
    }

    [Fact]
    public async Task A_full_memory_forgets_the_oldest_queries_and_knows_each_that_it_has_just_named()
    {
        await using var app = await NotesApp.StartAsync(
            app => app.MapSearch("/notes").WithEquivalentResource().WithStoredResult(),
            o => (o.MaximumStatelessLocationLength, o.MaximumLocationStoreSize) = (0, 64 * 1024));
        for (var i = 0; i < 100; i++)
        {
            var query = await app.TextAsync("/notes", $"{i} {new string('x', 2000)}");
            Assert.Equal(200, (await app.GetAsync(query["Location"]!)).Status);
            Assert.Equal(200, (await app.GetAsync(query["Content-Location"]!)).Status);
        }
        var again = await app.TextAsync("/notes", $"0 {new string('x', 2000)}");
        Assert.Equal(200, (await app.GetAsync(again["Location"]!)).Status);
        Assert.Equal(200, (await app.GetAsync(again["Content-Location"]!)).Status);
    }

    [Theory]
    [InlineData(1.0)]
    [InlineData(1.9)]
    [InlineData(600)]
    [InlineData(365 * 86400.0)]
    public async Task A_result_stays_for_its_lifetime_at_least(double seconds)
    {
        var lifetime = TimeSpan.FromSeconds(seconds);
        await using var app = await NotesApp.StartAsync(
            app => app.MapSearch("/notes").WithStoredResult(), o => o.StoredResultLifetime = lifetime);

        // Just before the end of a period.
        var period = lifetime.Ticks;
        var left = period - (app.Time.GetUtcNow().Ticks % period) - TimeSpan.TicksPerMillisecond;
        if (left > 0) app.Time.Advance(TimeSpan.FromTicks(left));
        var result = (await app.TextAsync("/notes", "cats"))["Content-Location"]!;
        app.Time.Advance(lifetime - TimeSpan.FromMilliseconds(1));
        Assert.Equal(200, (await app.GetAsync(result)).Status);
        app.Time.Advance(lifetime + TimeSpan.FromSeconds(1));
        Assert.Equal(410, (await app.GetAsync(result)).Status);
    }

    [Fact]
    public async Task Concurrent_first_requests_get_one_URI_each_of_which_holds()
    {
        await using var app = await NotesApp.StartAsync(
            app => app.MapSearch("/notes").WithEquivalentResource().WithStoredResult(), o => o.MaximumStatelessLocationLength = 0);
        var queries = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => app.TextAsync("/notes", $"{i % 4}")));
        foreach (var group in queries.GroupBy(query => query.ContentText))
        {
            var location = Assert.Single(group.Select(query => query["Location"]).Distinct());
            var result = Assert.Single(group.Select(query => query["Content-Location"]).Distinct());
            Assert.Equal(group.Key, (await app.GetAsync(location!)).ContentText);
            Assert.Equal(group.Key, (await app.GetAsync(result!)).ContentText);
        }
    }
}
