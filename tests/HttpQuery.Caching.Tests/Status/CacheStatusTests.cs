using HttpQuery.Caching.Status;
using HttpQuery.StructuredFields;

namespace HttpQuery.Caching.Tests.Status;

/// <summary>RFC 9211 §2: Cache-Status.</summary>
public class CacheStatusTests
{
    [Fact]
    public void A_hit_tells_how_much_longer_it_is_fresh()
    {
        Assert.Equal("HttpQuery; hit", default(CacheStatus).ToFieldValue("HttpQuery"));
        Assert.Equal("HttpQuery; hit; ttl=376", new CacheStatus { TimeToLive = Message.Seconds(376.9) }.ToFieldValue("HttpQuery"));
        Assert.Equal("HttpQuery; hit; ttl=-413", new CacheStatus { TimeToLive = Message.Seconds(-412.1) }.ToFieldValue("HttpQuery"));
    }

    [Theory]
    [InlineData(ForwardReason.Bypass, "bypass")]
    [InlineData(ForwardReason.Method, "method")]
    [InlineData(ForwardReason.UriMiss, "uri-miss")]
    [InlineData(ForwardReason.VaryMiss, "vary-miss")]
    [InlineData(ForwardReason.Request, "request")]
    [InlineData(ForwardReason.Stale, "stale")]
    public void A_forwarded_request_tells_why(Enum reason, string expected) =>
        Assert.Equal($"a; fwd={expected}", new CacheStatus { Forward = (ForwardReason)reason }.ToFieldValue("a"));

    [Fact]
    public void Every_parameter_has_its_place() => Assert.Equal(
        "a; fwd=stale; fwd-status=304; stored; collapsed; ttl=60; detail=revalidated",
        new CacheStatus
        {
            Forward = ForwardReason.Stale,
            ForwardStatus = 304,
            IsStored = true,
            IsCollapsed = true,
            TimeToLive = Message.Seconds(60),
            Detail = "revalidated",
        }.ToFieldValue("a"));

    [Fact]
    public void A_hit_has_no_parameters_of_a_forwarded_request() =>
        Assert.Equal("a; hit", new CacheStatus { ForwardStatus = 200, IsStored = true, IsCollapsed = true }.ToFieldValue("a"));

    [Theory]
    [InlineData("proxy-1.a.test", "proxy-1.a.test; hit; detail=proxy-1.a.test")]
    [InlineData("1", "\"1\"; hit; detail=\"1\"")]
    [InlineData("a \"b\\", "\"a \\\"b\\\\\"; hit; detail=\"a \\\"b\\\\\"")]
    public void What_is_no_token_is_a_string(string text, string expected) =>
        Assert.Equal(expected, new CacheStatus { Detail = text }.ToFieldValue(text));

    [Theory]
    [InlineData("ü")]
    [InlineData("a\r\nb: c")]
    [InlineData("\0")]
    public void Text_that_no_field_can_have_is_refused_or_left_out(string text)
    {
        Assert.Throws<ArgumentException>(() => default(CacheStatus).ToFieldValue(text));
        Assert.Equal("a; hit", new CacheStatus { Detail = text }.ToFieldValue("a"));
    }

    [Fact]
    public void The_member_stands_after_those_of_caches_nearer_to_the_origin()
    {
        Assert.Equal(new StringValues(["b; hit", "a; hit"]), default(CacheStatus).AppendTo("b; hit", "a"));
        Assert.Equal("a; hit", default(CacheStatus).AppendTo(default, "a"));
    }

    [Fact]
    public void Every_member_is_a_well_formed_structured_field() => RandomCases.AllHold(
        from name in TextGenerators.Text(" !\"\\;,=aZ09*()~", 1, 8)
        from detail in TextGenerators.NearlyField
        from reason in Gen.Elements<ForwardReason?>(null, ForwardReason.UriMiss, ForwardReason.Request)
        from time in CacheGenerators.Delay
        select (name, Status: new CacheStatus { Detail = detail, Forward = reason, TimeToLive = -time, ForwardStatus = 200 }),
        random => SfList.TryParse(random.Status.ToFieldValue(random.name), out var list) && list.Count == 1);
}
