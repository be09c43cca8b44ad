namespace HttpQuery.Protocol.Tests.Conditions;

/// <summary>RFC 9110 §13.2.2, §13.1.5; RFC 10008 §2.6: the preconditions of a request.</summary>
public class PreconditionsTests
{
    private const string Before = "Sun, 06 Nov 1994 08:49:36 GMT";
    private const string Same = "Sun, 06 Nov 1994 08:49:37 GMT";
    private const string After = "Sun, 06 Nov 1994 08:49:38 GMT";
    private static readonly EntityTag Tag = new("a");
    private static readonly EntityTag WeakTag = new("a", isWeak: true);
    private static readonly DateTimeOffset Modified = new(1994, 11, 6, 8, 49, 37, 900, TimeSpan.Zero);
    private static readonly DateTimeOffset Now = new(2026, 7, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Without_fields_there_is_nothing_to_hold()
    {
        Assert.Equal(PreconditionOutcome.Proceed, default(Preconditions).Evaluate(isRetrieval: true, Tag, Modified, Now));
        Assert.Equal(PreconditionOutcome.Proceed, default(Preconditions).Evaluate(isRetrieval: false, null, null, Now));
    }

    [Theory]
    [InlineData("\"a\"", PreconditionOutcome.Proceed)]
    [InlineData("\"b\", \"a\"", PreconditionOutcome.Proceed)]
    [InlineData("*", PreconditionOutcome.Proceed)]
    [InlineData("\"b\"", PreconditionOutcome.PreconditionFailed)]
    [InlineData("W/\"a\"", PreconditionOutcome.PreconditionFailed)]
    [InlineData("a", PreconditionOutcome.PreconditionFailed)]
    [InlineData("", PreconditionOutcome.PreconditionFailed)]
    public void If_match_fails_where_no_strong_tag_is_equal(string field, PreconditionOutcome expected)
    {
        var preconditions = new Preconditions { IfMatch = [field] };
        Assert.Equal(expected, preconditions.Evaluate(isRetrieval: true, Tag, Modified, Now));
        Assert.Equal(expected, preconditions.Evaluate(isRetrieval: false, Tag, Modified, Now));
        Assert.Equal(
            field is "*" ? PreconditionOutcome.Proceed : PreconditionOutcome.PreconditionFailed,
            preconditions.Evaluate(isRetrieval: true, WeakTag, Modified, Now));
    }

    [Theory]
    [InlineData("\"a\"", true)]
    [InlineData("W/\"a\"", true)]
    [InlineData("*", true)]
    [InlineData("\"b\"", false)]
    [InlineData("a", false)]
    [InlineData("\"a\", a", false)]
    public void If_none_match_ends_in_304_for_a_retrieval_and_in_412_for_others(string field, bool isNamed)
    {
        var preconditions = new Preconditions { IfNoneMatch = [field] };
        foreach (var tag in (EntityTag[])[Tag, WeakTag])
        {
            Assert.Equal(
                isNamed ? PreconditionOutcome.NotModified : PreconditionOutcome.Proceed,
                preconditions.Evaluate(isRetrieval: true, tag, Modified, Now));
            Assert.Equal(
                isNamed ? PreconditionOutcome.PreconditionFailed : PreconditionOutcome.Proceed,
                preconditions.Evaluate(isRetrieval: false, tag, Modified, Now));
        }
    }

    [Theory]
    [InlineData(Before, PreconditionOutcome.PreconditionFailed)]
    [InlineData(Same, PreconditionOutcome.Proceed)]
    [InlineData(After, PreconditionOutcome.Proceed)]
    [InlineData("Sunday, 06-Nov-94 08:49:36 GMT", PreconditionOutcome.PreconditionFailed)]
    [InlineData("yesterday", PreconditionOutcome.Proceed)]
    [InlineData(Before + ", " + Before, PreconditionOutcome.Proceed)]
    public void If_unmodified_since_fails_where_the_representation_is_later(string field, PreconditionOutcome expected)
    {
        var preconditions = new Preconditions { IfUnmodifiedSince = [field] };
        Assert.Equal(expected, preconditions.Evaluate(isRetrieval: false, Tag, Modified, Now));
        Assert.Equal(PreconditionOutcome.Proceed, preconditions.Evaluate(isRetrieval: false, Tag, null, Now));
    }

    [Theory]
    [InlineData(Before, PreconditionOutcome.Proceed)]
    [InlineData(Same, PreconditionOutcome.NotModified)]
    [InlineData(After, PreconditionOutcome.NotModified)]
    [InlineData("Sun Nov  6 08:49:37 1994", PreconditionOutcome.NotModified)]
    [InlineData("tomorrow", PreconditionOutcome.Proceed)]
    public void If_modified_since_ends_in_304_where_the_representation_is_not_later(string field, PreconditionOutcome expected)
    {
        var preconditions = new Preconditions { IfModifiedSince = [field] };
        Assert.Equal(expected, preconditions.Evaluate(isRetrieval: true, Tag, Modified, Now));
        Assert.Equal(PreconditionOutcome.Proceed, preconditions.Evaluate(isRetrieval: false, Tag, Modified, Now));
        Assert.Equal(PreconditionOutcome.Proceed, preconditions.Evaluate(isRetrieval: true, Tag, null, Now));
    }

    [Fact]
    public void A_date_in_two_lines_is_ignored()
    {
        var since = new Preconditions { IfModifiedSince = [After, After] };
        var unmodified = new Preconditions { IfUnmodifiedSince = [Before, Before] };
        Assert.Equal(PreconditionOutcome.Proceed, since.Evaluate(isRetrieval: true, Tag, Modified, Now));
        Assert.Equal(PreconditionOutcome.Proceed, unmodified.Evaluate(isRetrieval: true, Tag, Modified, Now));
    }

    [Fact]
    public void Tags_go_before_dates()
    {
        var match = new Preconditions { IfMatch = ["\"a\""], IfUnmodifiedSince = [Before] };
        var noneMatch = new Preconditions { IfNoneMatch = ["\"b\""], IfModifiedSince = [After] };
        Assert.Equal(PreconditionOutcome.Proceed, match.Evaluate(isRetrieval: true, Tag, Modified, Now));
        Assert.Equal(PreconditionOutcome.Proceed, noneMatch.Evaluate(isRetrieval: true, Tag, Modified, Now));
    }

    [Fact]
    public void What_fails_goes_before_what_is_not_modified()
    {
        var match = new Preconditions { IfMatch = ["\"b\""], IfNoneMatch = ["\"a\""] };
        var unmodified = new Preconditions { IfUnmodifiedSince = [Before], IfNoneMatch = ["\"a\""] };
        Assert.Equal(PreconditionOutcome.PreconditionFailed, match.Evaluate(isRetrieval: true, Tag, Modified, Now));
        Assert.Equal(PreconditionOutcome.PreconditionFailed, unmodified.Evaluate(isRetrieval: true, Tag, Modified, Now));
    }

    [Theory]
    [InlineData("\"a\"", true)]
    [InlineData(" \"a\" ", true)]
    [InlineData(Same, true)]
    [InlineData("W/\"a\"", false)]
    [InlineData("\"b\"", false)]
    [InlineData("\"a\", \"b\"", false)]
    [InlineData("*", false)]
    [InlineData("a", false)]
    [InlineData("", false)]
    [InlineData(Before, false)]
    [InlineData(After, false)]
    public void A_range_applies_where_the_validator_is_the_same(string field, bool expected) =>
        Assert.Equal(expected, Preconditions.IfRange([field], Tag, Modified, Now));

    [Fact]
    public void A_range_without_if_range_applies() => Assert.True(Preconditions.IfRange([], null, null, Now));

    [Fact]
    public void A_range_does_not_apply_where_the_validator_is_weak_unknown_or_doubled()
    {
        Assert.False(Preconditions.IfRange(["W/\"a\""], WeakTag, Modified, Now));
        Assert.False(Preconditions.IfRange(["\"a\""], WeakTag, Modified, Now));
        Assert.False(Preconditions.IfRange(["\"a\""], null, Modified, Now));
        Assert.False(Preconditions.IfRange([Same], Tag, null, Now));
        Assert.False(Preconditions.IfRange(["\"a\"", "\"a\""], Tag, Modified, Now));
        Assert.False(Preconditions.IfRange([null], Tag, Modified, Now));
    }

    [Fact]
    public void A_date_is_strong_once_its_second_is_over()
    {
        Assert.False(Preconditions.IfRange([Same], Tag, Modified, Modified.AddMilliseconds(99)));
        Assert.True(Preconditions.IfRange([Same], Tag, Modified, Modified.AddMilliseconds(100)));
        Assert.False(Preconditions.IfRange([Same], Tag, Modified, DateTimeOffset.MinValue));
    }

    [Fact]
    public void Preconditions_are_evaluated_without_allocating()
    {
        string[] tags = ["\"c\", \"b\"", "W/\"a\", \"d\""];
        string[] dates = ["Sunday, 06-Nov-94 08:49:38 GMT"];
        Assert.Equal(0, Allocation.Of(() =>
        {
            new Preconditions { IfUnmodifiedSince = dates, IfNoneMatch = tags }.Evaluate(isRetrieval: true, Tag, Modified, Now);
            new Preconditions { IfMatch = tags, IfModifiedSince = dates }.Evaluate(isRetrieval: true, Tag, Modified, Now);
            new Preconditions { IfModifiedSince = dates }.Evaluate(isRetrieval: true, Tag, Modified, Now);
            Preconditions.IfRange(dates, Tag, Modified, Now);
        }));
    }

    [Fact]
    public void The_steps_of_the_section_one_by_one_come_to_the_same() => RandomCases.AllHold(
        from match in Tags
        from noneMatch in Tags
        from modified in DateFields
        from unmodified in DateFields
        from isRetrieval in Gen.Elements(true, false)
        from tag in Gen.Elements<EntityTag?>(null, Tag, WeakTag)
        from time in Gen.Elements<DateTimeOffset?>(null, Modified)
        select (match, noneMatch, modified, unmodified, isRetrieval, tag, time),
        random => Steps(random.match, random.noneMatch, random.modified, random.unmodified, random.isRetrieval, random.tag, random.time)
            == new Preconditions
            {
                IfMatch = random.match,
                IfNoneMatch = random.noneMatch,
                IfModifiedSince = random.modified,
                IfUnmodifiedSince = random.unmodified,
            }.Evaluate(random.isRetrieval, random.tag, random.time, Now));

    [Fact]
    public void Any_text_is_answered() => RandomCases.AllHold(
        TextGenerators.Several(Gen.OneOf(TextGenerators.NearlyField, TextGenerators.Mutation(Gen.Elements(Same, "\"a\", W/\"b\""))), 2),
        lines => Enum.IsDefined(
                new Preconditions { IfMatch = lines, IfNoneMatch = lines }.Evaluate(isRetrieval: true, Tag, Modified, Now))
            && Enum.IsDefined(
                new Preconditions { IfModifiedSince = lines, IfUnmodifiedSince = lines }.Evaluate(isRetrieval: true, Tag, Modified, Now))
            && (!Preconditions.IfRange(lines, Tag, null, Now) || lines.Length == 0 || lines[0].Trim() == Tag.ToString()));

    private static Gen<string[]> Tags =>
        Gen.Elements<string[]>([], ["\"a\""], ["W/\"a\""], ["\"b\""], ["\"b\"", "\"a\""], ["*"], ["a"]);

    private static Gen<string[]> DateFields => Gen.Elements<string[]>([], [Before], [Same], [After], [Same, Same], ["x"]);

    private static PreconditionOutcome Steps(
        string[] match, string[] noneMatch, string[] modified, string[] unmodified, bool isRetrieval, EntityTag? tag, DateTimeOffset? time)
    {
        var isTimed = time is not null;

        // Step 1, 2.
        if (match.Length > 0)
        {
            var holds = match is ["*"] || (tag == Tag && match.Contains("\"a\""));
            if (!holds) return PreconditionOutcome.PreconditionFailed;
        }
        else if (isTimed && unmodified is [Before])
        {
            return PreconditionOutcome.PreconditionFailed;
        }

        // Step 3, 4.
        if (noneMatch.Length > 0)
        {
            var isNamed = noneMatch is ["*"] || (tag is not null && (noneMatch.Contains("\"a\"") || noneMatch.Contains("W/\"a\"")));
            if (isNamed) return isRetrieval ? PreconditionOutcome.NotModified : PreconditionOutcome.PreconditionFailed;
        }
        else if (isRetrieval && isTimed && modified is ([Same] or [After]))
        {
            return PreconditionOutcome.NotModified;
        }

        return PreconditionOutcome.Proceed;
    }
}
