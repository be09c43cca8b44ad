using FsCheck;
using FsCheck.Fluent;
using HttpQuery.Equivalents;
using HttpQuery.Tests.Shared;

namespace HttpQuery.Tests.Equivalents;

/// <summary>The last segment of the URI: only what the server has made is accepted, and nothing is read from it (§4).</summary>
public sealed class LocationTokenTests : IAsyncLifetime
{
    private static readonly string Long = $$"""{"match":"{{new string('x', 2000)}}"}""";

    private EquivalentApp _app = null!;
    private string[] _uris = null!;

    public async ValueTask InitializeAsync()
    {
        _app = await EquivalentApp.StartAsync();
        var query = await _app.QueryAsync();
        _uris = [query["Location"]!, query["Content-Location"]!, await _app.LocateAsync(Long)];
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task Each_URI_is_found()
    {
        Assert.Equal(3, _uris.Distinct().Count());
        foreach (var uri in _uris) Assert.Equal(200, (await _app.GetAsync(uri)).Status);
    }

    [Fact]
    public async Task One_changed_character_anywhere_is_404()
    {
        var random = new Random(TestScale.IsFull ? Environment.TickCount : 1);
        foreach (var uri in _uris)
        {
            for (var i = "/_query/".Length; i < uri.Length; i++)
            {
                const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
                var other = Alphabet.Replace(uri[i..(i + 1)], "", StringComparison.Ordinal)[random.Next(Alphabet.Length - 1)];
                var response = await _app.GetAsync(uri[..i] + other + uri[(i + 1)..]);
                Assert.Equal((404, "no-store"), (response.Status, response["Cache-Control"]));
            }
        }
    }

    [Fact]
    public async Task What_is_cut_extended_or_spelled_otherwise_is_404()
    {
        foreach (var uri in _uris)
        {
            for (var length = "/_query/".Length; length < uri.Length; length++)
                Assert.Equal(404, (await _app.GetAsync(uri[..length])).Status);
            foreach (var other in new[] { uri + "A", uri + "AA", uri + "AAAA", uri + "=", uri + "%00A", uri + "/", uri + "/x", uri.ToUpperInvariant() })
                Assert.InRange((await _app.GetAsync(other)).Status, 400, 404);
        }
    }

    [Fact]
    public async Task A_token_of_another_key_is_404()
    {
        await using var other = await EquivalentApp.StartAsync(o => o.LocationKeys[0] = "another secret of thirty-two characters");
        foreach (var uri in _uris) Assert.Equal(404, (await other.GetAsync(uri)).Status);
    }

    [Fact]
    public async Task A_problem_says_what_to_do_and_repeats_nothing()
    {
        var response = await _app.GetAsync("/_query/forged-token");
        Assert.Equal(404, response.Status);
        Assert.Equal("application/problem+json", response["Content-Type"]);
        Assert.Contains("Send the QUERY again.", response.ContentText, StringComparison.Ordinal);
        Assert.DoesNotContain("forged-token", response.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lengths_of_similar_queries_are_equal()
    {
        var lengths = new HashSet<int>();
        foreach (var match in new[] { "a", "ab", "abc", "abcd" }) lengths.Add((await _app.LocateAsync($$"""{"match":"{{match}}"}""")).Length);
        Assert.Single(lengths);
    }

    [Fact]
    public void One_changed_byte_of_a_token_is_refused() => ForAll(random =>
    {
        var key = new LocationKey(EquivalentApp.Secret);
        var (text, context) = (Bytes(random), Bytes(random));
        var token = key.Encrypt(LocationToken.Query, context, text);
        Assert.Equal(text, key.Decrypt(token));
        Assert.Equal(token, key.Encrypt(LocationToken.Query, context, text));
        token[random.Next(token.Length)] ^= (byte)random.Next(1, 256);
        Assert.Null(key.Decrypt(token));

        var signed = LocationToken.ForStoredQuery(key, new byte[LocationKey.DigestLength]);
        Assert.True(key.HasSigned(signed));
        signed[random.Next(signed.Length)] ^= (byte)random.Next(1, 256);
        Assert.False(key.HasSigned(signed));
    });

    [Fact]
    public void A_token_has_one_spelling() => ForAll(random =>
    {
        byte[] bytes = [LocationToken.Query, .. new byte[LocationKey.EncryptionOverhead + 16], .. Bytes(random)];
        var token = LocationToken.Format(bytes);
        Assert.Equal(bytes, LocationToken.Parse(token));
        foreach (var last in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".Where(c => c != token[^1]))
        {
            var parsed = LocationToken.Parse(token[..^1] + last);
            Assert.True(parsed is null || !parsed.AsSpan().SequenceEqual(bytes));
        }
    });

    [Fact]
    public void A_record_is_read_as_it_was_written_and_a_cut_one_is_refused() => ForAll(random =>
    {
        var query = new StoredQuery(
            "/base", "/" + new string('p', random.Next(200)), [new("Content-Type", "a/b"), new("Content-Language", new(["de", "en"]))], Bytes(random));
        var bytes = query.Write();
        Assert.Equal(0, bytes.Length % 16);
        var read = StoredQuery.Read(bytes);
        Assert.Equal((query.PathBase, query.Target), (read.PathBase, read.Target));
        Assert.Equal(query.Headers, read.Headers);
        Assert.Equal(query.Content.ToArray(), read.Content.ToArray());

        // The last 16 bytes may be padding.
        var cut = random.Next(bytes.Length - 15);
        if (query.Content.Length > 0) Assert.Throws<InvalidDataException>(() => StoredQuery.Read(bytes.AsSpan(0, Math.Min(cut, bytes.Length - 16))));
    });

    private static void ForAll(Action<Random> property) => Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed =>
    {
        property(new(seed));
        return true;
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(TestScale.Cases / 10));

    private static byte[] Bytes(Random random)
    {
        var bytes = new byte[random.Next(100)];
        random.NextBytes(bytes);
        return bytes;
    }
}
