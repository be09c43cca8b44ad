using System.Collections.Concurrent;
using System.Net;
using HttpQuery.Client.Tests.PrivateCache;
using Microsoft.Extensions.Time.Testing;

namespace HttpQuery.Client.Tests.Locations;

// Users, and other differences between queries: each follows the URI of its own.
public sealed partial class QueryLocationHandlerTests
{
    [Theory]
    [InlineData("Content-Type: text/plain")]
    [InlineData("content")]
    [InlineData("target")]
    [InlineData("Content-Language: de")]
    [InlineData("Authorization: Bearer bob")]
    [InlineData("Cookie: a=b")]
    [InlineData("X-Api-Key: bob")]
    [InlineData("Accept-Language: de")]
    [InlineData("partition")]
    public async Task Another_query_or_user_does_not_follow(string difference)
    {
        await using var origin = Start(request => IsQuery(request)
            ? Origin.Ok("rows", "Location: /stored/42", "Vary: Accept-Language, Content-Type") : Origin.Ok("stored"));
        using var client = Client(options =>
        {
            options.CredentialHeaders.Add("X-Api-Key");
            options.Partition = request => request.Options.TryGetValue(new HttpRequestOptionsKey<string>("user"), out var user) ? user
                : null;
        });
        await client.TextAsync(Query(origin));

        var other = Query(origin, difference is "content" ? "{ }" : "{}");
        if (difference is "target") other.RequestUri = origin.Uri("/rfcs?");
        else if (difference is "partition") other.Options.Set(new("user"), "bob");
        else if (difference.Split(": ") is [var name, var value])
        {
            if (name.StartsWith("Content-", StringComparison.Ordinal)) other.Content!.Headers.Remove(name);
            if (!other.Headers.TryAddWithoutValidation(name, value)) other.Content!.Headers.TryAddWithoutValidation(name, value);
        }
        Assert.Equal("200 rows", await client.TextAsync(other));
        Assert.StartsWith("QUERY", _received.Last(), StringComparison.Ordinal);

        if (difference is not "Accept-Language: de") Assert.Equal("200 stored", await client.TextAsync(Query(origin)));
    }

    [Fact]
    public async Task Headers_that_the_response_does_not_vary_by_do_not_count()
    {
        await using var origin = Start(request => IsQuery(request) ? Origin.Ok("rows", "Location: /stored/42", "Vary: Accept-Language")
            : Origin.Ok("stored"));
        using var client = Client();
        await client.TextAsync(Query(origin, "{}", "Accept-Language: de", "X-Other: 1"));
        Assert.Equal("200 stored", await client.TextAsync(Query(origin, "{}", "Accept-Language: de", "X-Other: 2")));
    }

    [Fact]
    public async Task Two_users_follow_their_own_URIs()
    {
        await using var origin = Start(request =>
        {
            var user = request.Split("Bearer ")[1].Split('\n')[0];
            return IsQuery(request) ? Origin.Ok(user, $"Location: /stored/{user}") : Origin.Ok($"{request.Split(' ')[1]} for {user}");
        });
        using var client = Client();
        for (var i = 0; i < 2; i++)
        {
            foreach (var user in new[] { "ann", "bob" })
            {
                Assert.Equal(
                    i == 0 ? $"200 {user}" : $"200 /stored/{user} for {user}",
                    await client.TextAsync(Query(origin, "{}", $"Authorization: Bearer {user}")));
            }
        }
    }

    [Theory]
    [InlineData(CredentialHandlerKind.InPlace)]
    [InlineData(CredentialHandlerKind.Clone)]
    public async Task A_credential_that_a_handler_below_adds_is_not_mixed_up_with_another(CredentialHandlerKind kind)
    {
        await using var origin = Start(request => IsQuery(request) ? Origin.Ok("rows", $"Location: /stored/{_received.Count}")
            : Origin.Ok("stored"));
        using var client = Client(inner: new CredentialHandler(kind) { InnerHandler = new SocketsHttpHandler() });
        CredentialHandler.User = "ann";
        await client.TextAsync(Query(origin));
        CredentialHandler.User = "bob";
        await client.TextAsync(Query(origin));
        Assert.Equal("QUERY /rfcs, QUERY /rfcs", Lines());
    }
}
