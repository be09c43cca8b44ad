namespace HttpQuery.Tests.Contracts;

// Who and what is told apart: docs/cache-key.md.
public abstract partial class CacheContractTests
{
    private static readonly string[][] Users =
    [
        [], ["a"], ["b"], ["a", "bc"], ["ab", "c"], ["abc", ""], ["abc"], ["\uD800"], ["\uDC00"], ["\uFFFD"],
    ];

    [Theory]
    [InlineData("GET")]
    [InlineData("QUERY")]
    public async Task Users_never_get_the_responses_of_others(string method)
    {
        foreach (var round in Enumerable.Range(1, 2))
        {
            for (var i = 0; i < Users.Length; i++)
            {
                var response = await SendAsync(Ask(method) with { User = Users[i] });
                Assert.Equal($"200 #{i + 1}", response.Text);
                Assert.Equal(round == 1 ? Miss : "HttpQuery; hit; ttl=60", response.CacheStatus);
            }
        }
        Assert.Equal(Users.Length, Host.Received.Count);
    }

    [Fact]
    public async Task Spellings_that_reach_the_origin_alike_have_one_entry_and_others_have_their_own()
    {
        string[] authorities = ["a.test", "A.test", "a.test:80", "a.test:080", "a.test:81", "a.test.", "[::1]", "[::1]:80", "[::1]:81", "[0:0::1]"];
        string[] targets = ["/a", "/a#f", "/./a", "/b/../a", "/%61", "/A", "/a/", "//a", "/a?", "/a?b", "/a?b#f", "/a%2Fb", "/a%2fb", "/a/b"];
        ContractRequest[] requests =
        [
            .. targets.Select(target => Get(target)),
            .. authorities.Select(authority => Get("/a") with { Authority = authority }),
            .. authorities.Select(authority => Query("/b", "q") with { Authority = authority }),
        ];
        Host.Origin = request => Task.FromResult(Fresh($"{request.Method} {request.Authority}{request.Target}"));

        // First what the origin receives. Some hosts refuse some spellings.
        var expected = new Dictionary<ContractRequest, string>();
        foreach (var request in requests)
        {
            var response = await Host.SendAsync(request with { Headers = [.. request.Headers, "Cache-Control: no-store"] });
            if (response is { Status: 200 }) expected[request] = response.Content;
        }
        Assert.True(expected.Count > requests.Length / 2);

        var before = Host.Received.Count;
        for (var round = 1; round <= 2; round++)
        {
            foreach (var (request, content) in expected) Assert.Equal(content, (await SendAsync(request)).Content);
        }
        Assert.Equal(expected.Values.Distinct().Count(), Host.Received.Count - before);
    }

    [Fact]
    public async Task User_information_is_not_sent_and_never_shared()
    {
        // Only a client has it: a Host header with user information is refused by servers, or counts byte by byte.
        await StoreAsync(Get("/a"));
        var response = await Host.SendAsync(Get("/a") with { Authority = "user@a.test" });
        Assert.NotEqual("200 #1", response?.Text);
        if (response is { Status: 200 }) Assert.Equal(2, Host.Received.Count);
    }

    [Fact]
    public async Task Credentials_never_get_the_responses_of_others()
    {
        // A shared cache stores none of these, a private one each.
        Host.Origin = request => Task.FromResult(Fresh(request["Authorization"]));
        for (var i = 0; i < 2; i++)
        {
            foreach (var credential in (string[])["", "Basic a", "Basic ab"])
            {
                string[] headers = credential.Length == 0 ? [] : [$"Authorization: {credential}"];
                Assert.Equal($"200 {credential}", (await SendAsync(Query("/a", "q", headers))).Text);
            }
        }
    }

    [Fact]
    public async Task Headers_that_a_response_varies_by_select_it()
    {
        Host.Origin = request => Task.FromResult(Fresh(request["Accept-Language"], "Vary: Accept-Language"));
        Assert.Equal(Miss, (await SendAsync(Get("/a", "Accept-Language: de"))).CacheStatus);
        Assert.Equal("HttpQuery; fwd=vary-miss; fwd-status=200; stored; ttl=60", (await SendAsync(Get("/a", "Accept-Language: fr"))).CacheStatus);
        foreach (var language in (string[])["de", "fr"])
        {
            var response = await SendAsync(Get("/a", $"Accept-Language: {language}"));
            Assert.Equal($"200 {language}", response.Text);
            Assert.Equal("HttpQuery; hit; ttl=60", response.CacheStatus);
        }
        Assert.Equal(2, Host.Received.Count);
    }

    [Fact]
    public async Task Content_and_method_are_part_of_the_key()
    {
        ContractRequest[] requests = [Get("/a"), Query("/a", ""), Query("/a", "a"), Query("/a", "b"), Query("/a", "a", "Content-Language: de")];
        for (var i = 0; i < 2 * requests.Length; i++) Assert.Equal($"200 #{i % requests.Length + 1}", (await SendAsync(requests[i % requests.Length])).Text);
    }
}
