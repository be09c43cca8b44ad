using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace HttpQuery.Client.Tests.PrivateCache;

/// <summary>Users of one HttpClient never share a response.</summary>
public sealed class RequestUserTests
{
    private static readonly HttpRequestOptionsKey<string> User = new("user");

    private static CancellationToken Test => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Authorization: Bearer a", "Authorization: Bearer b")]
    [InlineData("Authorization: Bearer a", "Authorization: Basic a")]
    [InlineData("Authorization: Bearer a", null)]
    [InlineData(null, "Authorization: Bearer a")]
    [InlineData("Cookie: id=a", "Cookie: id=b")]
    [InlineData("Cookie: id=a", null)]
    [InlineData(null, "Cookie: id=a")]
    [InlineData("Cookie: a", "Authorization: a")]
    public async Task Other_credentials_get_a_response_of_their_own(string? first, string? second)
    {
        await using var origin = Origin.Start(Origin.Ok("first", Cached.Fresh, "ETag: \"1\""), Origin.Ok("second", Cached.Fresh, "ETag: \"2\""));
        using var client = Cached.Client();
        string[] one = first is null ? [] : [first];
        string[] other = second is null ? [] : [second];

        Assert.Equal("200 first", await client.TextAsync(Cached.Query(origin.Uri("/"), "{}", one)));
        Assert.Equal("200 second", await client.TextAsync(Cached.Query(origin.Uri("/"), "{}", other)));
        Assert.Equal("200 first", await client.TextAsync(Cached.Query(origin.Uri("/"), "{}", one)));
        Assert.Equal("200 second", await client.TextAsync(Cached.Query(origin.Uri("/"), "{}", other)));
        Assert.Equal(2, origin.Count);
        Assert.DoesNotContain("If-None-Match", (await origin.NextAsync()).Request + (await origin.NextAsync()).Request, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData("a", "b")]
    [InlineData("a", null)]
    [InlineData("", null)]
    [InlineData(null, "a")]
    public async Task Another_partition_gets_a_response_of_its_own(string? first, string? second)
    {
        await using var origin = Origin.Start(Origin.Ok("first", Cached.Fresh), Origin.Ok("second", Cached.Fresh));
        using var client = Cached.Client(new() { Partition = PartitionOf });

        Assert.Equal("200 first", await client.TextAsync(As(first, Cached.Get(origin.Uri("/")))));
        Assert.Equal("200 second", await client.TextAsync(As(second, Cached.Get(origin.Uri("/")))));
        Assert.Equal("200 first", await client.TextAsync(As(first, Cached.Get(origin.Uri("/")))));
        Assert.Equal("200 second", await client.TextAsync(As(second, Cached.Get(origin.Uri("/")))));
    }

    [Fact]
    public async Task What_is_fetched_in_the_background_belongs_to_the_user_who_asked()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var users = new ConcurrentQueue<string?>();
        await using var origin = Origin.Start();
        using var client = Cached.Client(new() { Partition = request => Tell(PartitionOf(request), users) }, time);

        var asking = client.TextAsync(As("alice", Cached.Get(origin.Uri("/"))));
        await (await origin.NextAsync()).SendAsync(Origin.Ok("alice's", "Cache-Control: max-age=10, stale-while-revalidate=60"));
        await asking;
        time.Advance(TimeSpan.FromSeconds(20));
        Assert.Equal("200 alice's", await client.TextAsync(As("alice", Cached.Get(origin.Uri("/")))));
        await (await origin.NextAsync()).SendAsync(Origin.Ok("alice's again", "Cache-Control: max-age=10"));
        while (await client.TextAsync(As("alice", Cached.Get(origin.Uri("/")))) is not "200 alice's again") await Task.Yield();

        Assert.All(users, user => Assert.Equal("alice", user));
        Assert.Equal(2, origin.Count);
        var other = client.TextAsync(As("bob", Cached.Get(origin.Uri("/"))));
        await (await origin.NextAsync()).SendAsync(Origin.Ok("bob's"));
        Assert.Equal("200 bob's", await other);
    }

    [Fact]
    public async Task What_a_reader_does_to_the_bytes_it_got_changes_no_later_response()
    {
        await using var origin = Origin.Start(Origin.Ok("whole", Cached.Fresh));
        using var client = Cached.Client();
        for (var i = 0; i < 3; i++)
        {
            using var response = await client.GetAsync(origin.Uri("/"), Test);
            var bytes = await response.Content.ReadAsByteArrayAsync(Test);
            Assert.Equal("whole"u8.ToArray(), bytes);
            bytes.AsSpan().Fill((byte)'x');
            using var stream = Assert.IsAssignableFrom<MemoryStream>(await response.Content.ReadAsStreamAsync(Test));
            Assert.False(stream.CanWrite);
        }
        Assert.Equal(1, origin.Count);
    }

    [Fact]
    public async Task Of_10_000_mixed_requests_of_4_users_each_gets_its_own_response()
    {
        const int Contents = 50, Users = 4;
        var count = 0;
        await using var server = await KestrelServer.StartAsync(app => app.MapMethods("/", ["GET", "QUERY"], async context =>
        {
            Interlocked.Increment(ref count);
            using var reader = new StreamReader(context.Request.Body);
            var content = await reader.ReadToEndAsync();
            context.Response.Headers.CacheControl = "max-age=600";
            await context.Response.WriteAsync(AnswerOf(context.Request.Method, context.Request.Headers["X-User"].ToString(), content + context.Request.QueryString));
        }));
        using var client = Cached.Client(new() { Partition = PartitionOf });
        var random = new Random(9111);
        var requests = Enumerable.Range(0, 10_000).Select(_ => (Content: random.Next(Contents), User: random.Next(Users), IsQuery: random.Next(2) == 0, IsLeft: random.Next(50) == 0)).ToArray();

        await Parallel.ForEachAsync(requests, new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = Test }, async (next, cancellationToken) =>
        {
            var number = next.Content.ToString(CultureInfo.InvariantCulture);
            using var request = next.IsQuery ? Cached.Query(server.BaseAddress, $$"""{"n":{{number}}}""") : Cached.Get(new(server.BaseAddress, "?n=" + number));
            var user = "user " + next.User;
            request.Headers.Add("X-User", user);

            // A different part of the request identifies each kind of user.
            if (next.User == 1) request.Headers.TryAddWithoutValidation("Authorization", "Bearer 1");
            else if (next.User == 2) request.Headers.TryAddWithoutValidation("Cookie", "id=1");
            else if (next.User == 3) request.Options.Set(User, "1");

            using var response = await client.SendAsync(request, next.IsLeft ? HttpCompletionOption.ResponseHeadersRead : HttpCompletionOption.ResponseContentRead, cancellationToken);
            if (next.IsLeft) return;
            var expected = AnswerOf(request.Method.Method, user, next.IsQuery ? $$"""{"n":{{number}}}""" : "?n=" + number);
            Assert.Equal(expected, await response.Content.ReadAsStringAsync(cancellationToken));
        });

        Assert.InRange(count, 2 * Contents * Users, 3_000);
    }

    private static string AnswerOf(string method, string user, string content) => $"{method} {user} {content}";

    private static string? PartitionOf(HttpRequestMessage request) => request.Options.TryGetValue(User, out var user) ? user : null;

    private static string? Tell(string? user, ConcurrentQueue<string?> users)
    {
        users.Enqueue(user);
        return user;
    }

    private static HttpRequestMessage As(string? user, HttpRequestMessage request)
    {
        if (user is not null) request.Options.Set(User, user);
        return request;
    }
}
