using HttpQuery.Caching.Headers;
using HttpQuery.Caching.Rules;

namespace HttpQuery.Caching.Tests.Rules;

/// <summary>RFC 9111 §4.3, §3.2; RFC 10008 §2.6: validation and freshening.</summary>
public class ValidationRulesTests
{
    private static readonly string[] Forbidden =
    [
        "Content-Length", "Content-Encoding", "Content-Type", "Content-Range", "Content-MD5", "Content-Digest", "Connection", "Keep-Alive",
        "Proxy-Connection", "Proxy-Authenticate", "Proxy-Authorization", "Proxy-Authentication-Info", "TE", "Trailer",
        "Transfer-Encoding", "Upgrade",
    ];

    [Theory]
    [InlineData("ETag: \"a\"", "\"a\"", false)]
    [InlineData("ETag: W/\"a\"", "W/\"a\"", false)]
    [InlineData("ETag: a", null, false)]
    [InlineData("Last-Modified: {-60}", null, true)]
    [InlineData("Last-Modified: x|ETag: \"\"", "\"\"", false)]
    [InlineData("Last-Modified: {-60}|ETag: \"a\"", "\"a\"", true)]
    [InlineData("Date: {0}", null, false)]
    public void A_stored_response_is_asked_about_by_its_validators(string fields, string? entityTag, bool hasDate)
    {
        var stored = Message.Stored(Message.Private, fields.Split('|'));
        var conditions = ValidationRules.Conditions(stored);
        Assert.Equal(new(entityTag, hasDate ? Message.Date(-60) : null), conditions);
        Assert.Equal(conditions.IsEmpty, !stored.HasValidator);
    }

    [Theory]
    [InlineData("", ConditionalResult.Stored)]
    [InlineData("If-None-Match: \"a\"", ConditionalResult.NotModified)]
    [InlineData("If-None-Match: W/\"a\"", ConditionalResult.NotModified)]
    [InlineData("If-None-Match: \"1\", \"a\"", ConditionalResult.NotModified)]
    [InlineData("If-None-Match: \"1\"|If-None-Match: \"a\"", ConditionalResult.NotModified)]
    [InlineData("If-None-Match: *", ConditionalResult.NotModified)]
    [InlineData("If-None-Match: \"b\"", ConditionalResult.Stored)]
    [InlineData("If-None-Match: a", ConditionalResult.Stored)]
    [InlineData("If-None-Match: \"b\"|If-Modified-Since: {+60}", ConditionalResult.Stored)]
    [InlineData("If-Modified-Since: {-3000}", ConditionalResult.NotModified)]
    [InlineData("If-Modified-Since: {-2000}", ConditionalResult.NotModified)]
    [InlineData("If-Modified-Since: {-3001}", ConditionalResult.Stored)]
    [InlineData("If-Modified-Since: x", ConditionalResult.Stored)]
    [InlineData("If-Match: \"a\"", ConditionalResult.Forward)]
    [InlineData("If-Unmodified-Since: {+60}", ConditionalResult.Forward)]
    [InlineData("If-None-Match: \"a\"|If-Match: *", ConditionalResult.Forward)]
    public void Conditions_of_a_request_are_answered_from_the_stored_response(string request, Enum expected)
    {
        var stored = Message.Stored(Message.Private, "ETag: \"a\"", "Last-Modified: {-3000}");
        Assert.Equal(expected, ValidationRules.EvaluateConditions(Headers(request), stored, Message.At(10)));
    }

    [Fact]
    public void Without_last_modified_the_date_is_compared()
    {
        var dated = Message.Stored(Message.Private, "Date: {-10}");
        Assert.Equal(ConditionalResult.NotModified, ValidationRules.EvaluateConditions(Headers("If-Modified-Since: {-10}"), dated, Message.Received));
        Assert.Equal(ConditionalResult.Stored, ValidationRules.EvaluateConditions(Headers("If-Modified-Since: {-11}"), dated, Message.Received));
        var undated = Message.Stored(Message.Private, "ETag: \"a\"");
        Assert.Equal(ConditionalResult.NotModified, ValidationRules.EvaluateConditions(Headers("If-Modified-Since: {0}"), undated, Message.Received));
        Assert.Equal(ConditionalResult.Stored, ValidationRules.EvaluateConditions(Headers("If-Modified-Since: {-1}"), undated, Message.Received));
    }

    [Fact]
    public void Only_a_2xx_answers_conditions()
    {
        var stored = new StoredResponse(Message.Private, 404, Headers("ETag: \"a\""), Message.Received, Message.Received);
        Assert.Equal(ConditionalResult.Stored, ValidationRules.EvaluateConditions(Headers("If-None-Match: \"a\""), stored, Message.Received));
    }

    [Fact]
    public void Conditions_are_answered_without_allocating()
    {
        var stored = Message.Stored(Message.Private, "ETag: \"a\"", "Last-Modified: {-3000}");
        var (tag, tags) = (Headers("If-None-Match: \"b\", \"a\""), Headers("If-None-Match: \"b\"|If-None-Match: \"a\""));
        var date = Headers("If-Modified-Since: {-3000}");
        Assert.Equal(0, Allocation.Of(() =>
        {
            ValidationRules.EvaluateConditions(tag, stored, Message.Received);
            ValidationRules.EvaluateConditions(tags, stored, Message.Received);
            ValidationRules.EvaluateConditions(date, stored, Message.Received);
            ValidationRules.Conditions(stored);
        }));
    }

    [Theory]
    [InlineData("ETag: \"a\"", "0, 1")]
    [InlineData("ETag: W/\"a\"", "2")]
    [InlineData("ETag: \"c\"|Last-Modified: {-60}", "")]
    [InlineData("ETag: W/\"c\"", "")]
    [InlineData("ETag: c|Last-Modified: {-60}", "3")]
    [InlineData("Last-Modified: {-60}", "3")]
    [InlineData("Last-Modified: {-61}", "")]
    [InlineData("Last-Modified: Wednesday, 01-Jul-26 11:59:00 GMT", "3")]
    [InlineData("Last-Modified: x", "")]
    [InlineData("Date: {0}", "")]
    public void A_304_speaks_of_the_responses_that_share_its_validator(string notModified, string expected)
    {
        StoredResponse[] candidates =
        [
            Message.Stored(Message.Private, "ETag: \"a\"", "Date: {-3}"),
            Message.Stored(Message.Private, "ETag: \"a\"", "Date: {-2}", "Last-Modified: {-60}"),
            Message.Stored(Message.Private, "ETag: W/\"a\"", "Date: {-1}"),
            Message.Stored(Message.Private, "ETag: \"b\"", "Date: {-1}", "Last-Modified: {-60}"),
        ];
        var selected = ValidationRules.SelectForUpdate(Headers(notModified), candidates);
        Assert.Equal(expected, string.Join(", ", selected.Select(stored => Array.IndexOf(candidates, stored))));
    }

    [Fact]
    public void A_304_without_validator_speaks_of_the_only_candidate()
    {
        var stored = Message.Stored(Message.Private, "Last-Modified: {-60}");
        Assert.Same(stored, Assert.Single(ValidationRules.SelectForUpdate(Headers("Date: {0}"), stored)));
        Assert.Empty(ValidationRules.SelectForUpdate(Headers("Date: {0}"), stored, stored));
        Assert.Empty(ValidationRules.SelectForUpdate(Headers("Date: {0}")));
    }

    [Fact]
    public void Freshening_takes_what_is_new_and_keeps_the_rest()
    {
        var stored = Message.Stored(
            Message.Private, "Cache-Control: max-age=2", "Age: 100", "Date: {-100}", "ETag: \"a\"", "Test: A", "Other: 1", "Other: 2",
            "Content-Type: text/plain", "Content-Length: 5");
        var fresh = ValidationRules.Freshen(
            stored,
            Message.Headers(
                "Cache-Control: max-age=60", "Date: {+200}", "ETag: \"a\"", "Other: 3", "New: 4", "Content-Type: text/html",
                "Content-Length: 0", "Connection: x", "X: 5"),
            Message.At(199), Message.At(200));
        Assert.Equal(
            ["Test: A", "Content-Type: text/plain", "Content-Length: 5", "Cache-Control: max-age=60", $"Date: {Message.Date(200)}",
                "ETag: \"a\"", "Other: 3", "New: 4"],
            fresh.Headers.Select(field => $"{field.Key}: {field.Value}"));
        Assert.True(fresh.IsFresh(Message.At(250)));
        Assert.False(stored.IsFresh(Message.At(250)));
        Assert.Equal(Message.Seconds(1), fresh.InitialAge);
    }

    [Fact]
    public void A_304_without_date_and_age_makes_the_response_young()
    {
        var stored = Message.Stored(Message.Private, "Cache-Control: max-age=60", "Age: 100", "Date: {-100}");
        var fresh = ValidationRules.Freshen(stored, Headers("ETag: \"a\""), Message.At(500), Message.At(500));
        Assert.Equal((TimeSpan.Zero, Message.Date(500)), (fresh.InitialAge, (string?)fresh.Headers["Date"]));
        Assert.Equal(new("a"), fresh.EntityTag);
        Assert.Equal(0, fresh.Headers["Age"].Count);
        Assert.Equal(
            Message.Seconds(30), ValidationRules.Freshen(stored, Headers("Age: 30"), Message.At(500), Message.At(500)).InitialAge);
    }

    [Fact]
    public void Fields_that_are_withheld_from_now_on_are_no_longer_stored()
    {
        var stored = Message.Stored(Message.Shared, "Cache-Control: max-age=60", "Foo: 1");
        var fresh = ValidationRules.Freshen(
            stored, Headers("Cache-Control: max-age=60, private=\"foo\""), Message.Received, Message.Received);
        Assert.Equal(0, fresh.Headers["Foo"].Count);
    }

    [Fact]
    public void Freshening_never_touches_what_describes_the_content_or_the_connection() => RandomCases.AllHold(
        from stored in CacheGenerators.Stored(CacheGenerators.Options)
        from notModified in CacheGenerators.ResponseHeaders
        from extra in TextGenerators.Several(Gen.Elements(Forbidden), 4)
        select (stored, NotModified: (HeaderCollection)new(
            [.. notModified, .. extra.Select(name => KeyValuePair.Create(name.ToUpperInvariant(), new StringValues("changed")))])),
        random =>
        {
            var before = new StoredResponse(
                random.stored.Options, random.stored.Status, StorageRules.SelectHeaders(random.stored.Headers, random.stored.Options.Mode),
                Message.Received, Message.Received);
            var after = ValidationRules.Freshen(before, random.NotModified, Message.At(5), Message.At(6));
            var named = random.NotModified["Connection"].SelectMany(line => line!.Split(',')).Select(name => name.Trim());
            return Forbidden.All(name => StringValues.Equals(after.Headers[name], before.Headers[name]))
                && named.All(name => StringValues.Equals(after.Headers[name], before.Headers[name]) || name is "Cache-Control" or "Vary" or "ETag")
                && after.Status == before.Status && after.ResponseTime == Message.At(6);
        });

    private static HeaderCollection Headers(string lines) => Message.Headers(lines.Split('|', StringSplitOptions.RemoveEmptyEntries));
}
