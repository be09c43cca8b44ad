using System.Buffers;
using System.Buffers.Binary;
using HttpQuery.Caching.Headers;
using HttpQuery.Caching.Items;
using HttpQuery.Caching.Rules;

namespace HttpQuery.Caching.Tests.Items;

/// <summary>Items as octets: what was written comes back, and nothing else does.</summary>
public class CacheItemFormatTests
{
    private const int ChecksumStart = 2;
    private const int Start = 18;

    private static readonly QueryCacheKey Key = new([.. Enumerable.Range(0, 32).Select(i => (byte)i)]);

    private static Gen<string> Text => Gen.OneOf(
        TextGenerators.NearlyField,
        Gen.Elements("", "a", "\xFF", "\u0100", "é\u20AC", "\uD800", "\uDC00x", "\0", "\uFFFF"));

    private static Gen<UInt128> Number =>
        from octets in Gen.Choose(0, 255).ArrayOf(16)
        select BinaryPrimitives.ReadUInt128LittleEndian([.. octets.Select(octet => (byte)octet)]);

    private static Gen<byte[]> Octets(int most) => TextGenerators.Several(Gen.Choose(0, 255).Select(octet => (byte)octet), most);

    private static Gen<HeaderNameSet> Names =>
        from text in TextGenerators.Several(Gen.Elements("accept", "Accept-Language", "x", "Foo"), 4)
        select NamesOf(string.Join(',', text));

    private static Gen<DateTimeOffset> Time => Gen.OneOf(
        Gen.Elements(DateTimeOffset.MinValue, DateTimeOffset.MaxValue, DateTimeOffset.UnixEpoch, Message.Received, Message.Received.ToOffset(TimeSpan.FromHours(5))),
        Gen.Choose(0, int.MaxValue).Select(seconds => Message.Received.AddTicks(seconds)));

    private static Gen<CacheItem> Items => Gen.OneOf(
        from number in Number
        from origin in Gen.Elements(EpochOrigin.Storing, EpochOrigin.Invalidation, EpochOrigin.BriefInvalidation)
        select (CacheItem)new CacheEpoch(number, origin),
        from lists in TextGenerators.Several(Names, 6)
        from tags in TextGenerators.Several(Text, 3)
        select (CacheItem)new CacheVariants(lists) { Tags = tags },
        Responses.Select(CacheItem (response) => response));

    private static Gen<CachedResponse> Responses =>
        from status in Gen.Elements(100, 200, 203, 404, 599, 999)
        from fields in Gen.OneOf(CacheGenerators.ResponseHeaders, TextGenerators.Several(Line, 4).Select(lines => new HeaderCollection(lines)))
        from requested in Time
        from received in Time
        from content in Octets(40)
        from tags in TextGenerators.Several(Text, 3)
        from epochs in Number.Two()
        from lifetime in Gen.Elements<TimeSpan?>(null, TimeSpan.Zero, TimeSpan.FromSeconds(60), TimeSpan.MaxValue)
        let rules = new CacheRuleOptions { Mode = CacheMode.Shared, DefaultLifetime = lifetime }
        select new CachedResponse(new(rules, status, fields, requested, received), content, new(epochs.Item1, epochs.Item2, [.. tags.Select(tag => new TagEpoch(tag, epochs.Item2))]));

    private static Gen<KeyValuePair<string, StringValues>> Line =>
        from name in Gen.Elements("A", "a", "B", "Set-Cookie")
        from lines in TextGenerators.Several(Text, 3)
        select KeyValuePair.Create(name, new StringValues(lines));

    [Fact]
    public void What_was_written_comes_back() => RandomCases.AllHold(Items, item =>
    {
        AssertSame(item, CacheItemFormat.Read(Key, Written(item), Message.Shared));
        return true;
    });

    [Fact]
    public void One_bit_that_is_not_as_it_was_is_nothing() => Sometimes(Items, item =>
    {
        var octets = Written(item);
        for (var bit = 0; bit < 8 * octets.Length; bit++)
        {
            octets[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.Null(CacheItemFormat.Read(Key, octets, Message.Shared));
            octets[bit / 8] ^= (byte)(1 << (bit % 8));
        }
        return true;
    });

    [Fact]
    public void What_is_cut_off_or_goes_on_is_nothing() => Sometimes(Items, item =>
    {
        var octets = Written(item);
        for (var length = 0; length < octets.Length; length++)
        {
            Assert.Null(CacheItemFormat.Read(Key, octets.AsMemory(0, length), Message.Shared));
            if (length > Start) Assert.Null(CacheItemFormat.Read(Key, Sealed(octets[..length]), Message.Shared));
        }
        Assert.Null(CacheItemFormat.Read(Key, (byte[])[.. octets, 0], Message.Shared));
        Assert.Null(CacheItemFormat.Read(Key, Sealed([.. octets, 0]), Message.Shared));
        return true;
    });

    [Fact]
    public void Random_octets_are_nothing() => RandomCases.AllHold(
        from octets in Octets(200)
        from hasVersion in CacheGenerators.Bool
        select hasVersion && octets.Length > 0 ? [CacheItemFormat.Version, .. octets[1..]] : octets,
        octets => CacheItemFormat.Read(Key, octets, Message.Shared) is null);

    // As one would that writes by another program: the checksum is right, and the parts are not.
    [Fact]
    public void Whatever_has_the_right_checksum_is_read_to_its_end_or_not_at_all() => RandomCases.AllHold(
        from item in Items
        from place in Gen.Choose(0, int.MaxValue)
        from octet in Gen.OneOf(Gen.Elements(0, 1, 2, 3, 127, 128, 255), Gen.Choose(0, 255))
        select (item, place, octet),
        one =>
        {
            var octets = Written(one.item);
            var place = 1 + (one.place % (octets.Length - 1));
            octets[place is >= ChecksumStart and < Start ? 1 : place] = (byte)one.octet;
            var before = GC.GetAllocatedBytesForCurrentThread();
            var read = CacheItemFormat.Read(Key, Sealed(octets), Message.Shared);
            Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 100_000 + (100 * octets.Length));
            return read is null || Written(read).Length <= octets.Length;
        });

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(int.MinValue)]
    [InlineData(-1)]
    [InlineData(1 << 30)]
    public void A_length_that_lies_is_nothing_and_costs_nothing(int length)
    {
        CacheItem[] items = [new CacheVariants(NamesOf("accept")), Small()];
        foreach (var item in items)
        {
            var octets = Written(item);
            for (var place = Start; place + 4 <= octets.Length; place++)
            {
                var changed = octets.ToArray();
                BinaryPrimitives.WriteInt32LittleEndian(changed.AsSpan(place), length);
                var before = GC.GetAllocatedBytesForCurrentThread();
                CacheItemFormat.Read(Key, Sealed(changed), Message.Shared);
                Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 100_000);
            }
        }
    }

    [Fact]
    public void A_list_of_variants_that_came_without_any_takes_one()
    {
        var read = Assert.IsType<CacheVariants>(CacheItemFormat.Read(Key, Written(new CacheVariants([])), Message.Shared));
        Assert.Equal([NamesOf("accept")], CacheVariants.With(read, NamesOf("accept"), []).Lists);
    }

    [Fact]
    public void Under_another_key_it_is_nothing()
    {
        var octets = Written(Small());
        Assert.NotNull(CacheItemFormat.Read(Key, octets, Message.Shared));
        Assert.Null(CacheItemFormat.Read(default, octets, Message.Shared));
    }

    [Fact]
    public void Another_version_and_an_unknown_kind_are_nothing()
    {
        var octets = Written(new CacheEpoch(1));
        for (var value = 0; value < 256; value++)
        {
            if (value != CacheItemFormat.Version) Assert.Null(CacheItemFormat.Read(Key, Sealed([(byte)value, .. octets[1..]]), Message.Shared));
            if (value != 1) Assert.Null(CacheItemFormat.Read(Key, Sealed([octets[0], (byte)value, .. octets[2..]]), Message.Shared));
        }
    }

    [Fact]
    public void A_response_is_used_under_the_rules_of_the_reader_with_its_own_lifetime()
    {
        var rules = new CacheRuleOptions { Mode = CacheMode.Shared, MaximumStaleWhenDisconnected = TimeSpan.FromSeconds(7) };
        var octets = Written(new CachedResponse(new(rules with { DefaultLifetime = TimeSpan.FromSeconds(5) }, 200, Message.Headers(), Message.Received, Message.Received), default, new(1, 2, [])));
        var read = Assert.IsType<CachedResponse>(CacheItemFormat.Read(Key, octets, rules));
        Assert.Equal(rules with { DefaultLifetime = TimeSpan.FromSeconds(5) }, read.Response.Options);
        Assert.Equal(TimeSpan.FromSeconds(5), read.Response.Lifetime.Value);

        octets = Written(Small());
        Assert.Same(rules, Assert.IsType<CachedResponse>(CacheItemFormat.Read(Key, octets, rules)).Response.Options);
    }

    // Where this fails, the format is another one: count its version up, and write down the new octets.
    [Fact]
    public void Version_2_is_these_octets()
    {
        Assert.Equal(2, CacheItemFormat.Version);
        Assert.Equal(
            "020161dc439683b3d0a508518fc0038f4df30700000000000000000000000000000001000000",
            Convert.ToHexStringLower(Written(new CacheEpoch(7))));
        Assert.Equal(
            "02020db0a96456add737fb10e656a7bafec90200000008000000612c206200000000010000000200000074",
            Convert.ToHexStringLower(Written(new CacheVariants(NamesOf("B, a"), HeaderNameSet.Empty) { Tags = ["t"] })));
        Assert.Equal(
            "0203d8d77562727719c0342b63c9f616710dc80000000080b5f7f57f9f0880164ef8f57f9f08ffffffffffffffff0100000000000000000000000000"
            + "00000200000000000000000000000000000002000000020000004102000000020000003103000000000102000000420100000002000000e901000000"
            + "020000007403000000000000000000000000000000020000006f6b",
            Convert.ToHexStringLower(Written(Small())));
    }

    [Fact]
    public void Names_hold_the_versions() => Assert.Equal(
        "httpquery:1.2:000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f", CacheItemFormat.GetName(Key));

    [Fact]
    public void Content_is_handed_over_and_not_copied()
    {
        var content = new byte[1_000];
        var octets = CacheItemFormat.Write(Key, new CachedResponse(new(Message.Shared, 200, Message.Headers(), Message.Received, Message.Received), content, new(1, 2, [])));
        Assert.False(octets.IsSingleSegment);
        var end = octets.Slice(octets.Length - content.Length).First;
        Assert.True(end.Span == content);
    }

    [Fact]
    public void Lifetimes_are_such_as_stores_can_count()
    {
        Assert.Equal(TimeSpan.FromDays(3650), CacheItemFormat.GetLifetime(TimeSpan.MaxValue));
        Assert.Equal(TimeSpan.FromSeconds(1), CacheItemFormat.GetLifetime(TimeSpan.FromTicks(1)));
        Assert.Equal(TimeSpan.FromHours(1), CacheItemFormat.GetLifetime(TimeSpan.FromHours(1)));
    }

    private static byte[] Written(CacheItem item) => CacheItemFormat.Write(Key, item).ToArray();

    private static CachedResponse Small() =>
        new(new(Message.Shared, 200, Message.Headers("A: 1", "B: é", "A: \u0100"), DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddSeconds(1)), "ok"u8.ToArray(), new(1, 2, [new TagEpoch("t", 3)]));

    private static HeaderNameSet NamesOf(string list)
    {
        Assert.True(VaryRules.TryParse(list, out var names));
        return names;
    }

    private static byte[] Sealed(byte[] octets)
    {
        CacheItemFormat.Checksum(Key, octets, default, octets.AsSpan(ChecksumStart, Start - ChecksumStart));
        return octets;
    }

    private static void Sometimes<T>(Gen<T> values, Func<T, bool> holds) =>
        Prop.ForAll(values.ToArbitrary(), holds).Check(Config.QuickThrowOnFailure.WithMaxTest(TestScale.Cases / 50));

    internal static void AssertSame(CacheItem expected, CacheItem? actual)
    {
        switch (expected)
        {
            case CacheEpoch epoch:
                Assert.Equal((epoch.Number, epoch.Origin), (Assert.IsType<CacheEpoch>(actual).Number, ((CacheEpoch)actual).Origin));
                break;
            case CacheVariants variants:
                Assert.Equal(variants.Lists, Assert.IsType<CacheVariants>(actual).Lists);
                Assert.Equal(variants.Tags, ((CacheVariants)actual).Tags);
                break;
            case CachedResponse response:
                var other = Assert.IsType<CachedResponse>(actual);
                Assert.Equal(response.Response.Headers.Select(field => (field.Key, string.Join('\n', field.Value.ToArray()))), other.Response.Headers.Select(field => (field.Key, string.Join('\n', field.Value.ToArray()))));
                Assert.Equal(response.Response.Headers.Select(field => field.Value.Count), other.Response.Headers.Select(field => field.Value.Count));
                Assert.Equal((response.Response.Status, response.Response.RequestTime, response.Response.ResponseTime, response.Response.Options), (other.Response.Status, other.Response.RequestTime, other.Response.ResponseTime, other.Response.Options));
                Assert.Equal((TimeSpan.Zero, TimeSpan.Zero), (other.Response.RequestTime.Offset, other.Response.ResponseTime.Offset));
                Assert.True(response.Content.Span.SequenceEqual(other.Content.Span));
                Assert.Equal(response.Epochs.Tags.Select(tag => (tag.Tag, tag.Number, tag.Key)), other.Epochs.Tags.Select(tag => (tag.Tag, tag.Number, tag.Key)));
                Assert.Equal((response.Epochs.Resource, response.Epochs.Store), (other.Epochs.Resource, other.Epochs.Store));
                break;
        }
    }
}
