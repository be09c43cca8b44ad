using HttpQuery.StructuredFields;

namespace HttpQuery.Protocol.Tests;

/// <summary>RFC 10008 §3: the Accept-Query field.</summary>
public class AcceptQueryTests
{
    private static Gen<AcceptQuery> Values =>
        TextGenerators.Several(MediaTypeGenerators.FewMembers, 4).Select(members => new AcceptQuery(members));

    [Theory]
    [InlineData("application/x-www-form-urlencoded, application/sql", "application/x-www-form-urlencoded, application/sql")]
    [InlineData("\"application/sql\",text/csv; header=present", "application/sql, text/csv;header=present")]
    [InlineData("\"4d/query\"", "\"4d/query\"")]
    [InlineData("*/*, Text/*", "*/*, text/*")]
    [InlineData("a/b;x=\"1 2\";y=\"z\"", "a/b;x=\"1 2\";y=z")]
    [InlineData("a/b;x=s;y=t;x=u", "a/b;x=u;y=t")]
    [InlineData("a/b, \"A/B\", a/b;x=y", "a/b, a/b;x=y")]
    [InlineData("a/b;q=\"0.5\"", "a/b;q=\"0.5\"")]
    [InlineData("", "")]
    public void A_field_is_read_and_written_back_in_its_shortest_form(string text, string expected)
    {
        Assert.True(AcceptQuery.TryParse(text, out var value));
        Assert.Equal(expected, value.ToString());
    }

    [Theory]
    [InlineData("application")]
    [InlineData("a/b,")]
    [InlineData("a/b c/d")]
    [InlineData("(a/b)")]
    [InlineData("a/b, (c/d)")]
    [InlineData("1")]
    [InlineData("?1")]
    [InlineData("%\"a/b\"")]
    [InlineData(":AQI=:")]
    [InlineData("*/json")]
    [InlineData("a/b, a/c*")]
    [InlineData("4d/query")]
    [InlineData("\"a/b;charset=utf-8\"")]
    [InlineData("\" a/b\"")]
    [InlineData("a/b;charset=utf-8, c/d;q=0.5")]
    [InlineData("a/b;x")]
    [InlineData("a/b;x=1")]
    [InlineData("a/b;x=?1")]
    [InlineData("a/b;x=:AQI=:")]
    [InlineData("a/b;x=@1")]
    [InlineData("a/b;x=%\"a\"")]
    [InlineData("a/b;x=1, c/d")]
    [InlineData("a/b;X=y")]
    [InlineData("a/b ;x=y")]
    public void A_field_with_anything_wrong_is_ignored_whole(string text)
    {
        Assert.False(AcceptQuery.TryParse(text, out var value));
        Assert.Null(value);
    }

    [Fact]
    public void Of_a_parameter_given_twice_only_the_last_counts()
    {
        Assert.True(AcceptQuery.TryParse("a/b;x=1;x=s", out var value));
        Assert.Equal("a/b;x=s", value.ToString());
        Assert.False(AcceptQuery.TryParse("a/b;x=s;x=1", out _));
    }

    [Fact]
    public void Several_lines_are_one_value()
    {
        Assert.True(AcceptQuery.TryParse(["a/b, c/d", "\"e/f\""], out var value));
        Assert.Equal("a/b, c/d, e/f", value.ToString());
        Assert.False(AcceptQuery.TryParse(["a/b", "c"], out _));
    }

    [Fact]
    public void The_order_of_members_does_not_count()
    {
        var value = AcceptQuery.Create("a/b", "c/d;x=1", "e/*");
        var reversed = AcceptQuery.Create("e/*", "c/d;x=1", "a/b", "A/B");
        Assert.Equal(value, reversed);
        Assert.Equal(value.GetHashCode(), reversed.GetHashCode());
        Assert.NotEqual(value, AcceptQuery.Create("a/b", "c/d;x=1"));
        Assert.NotEqual(value, AcceptQuery.Create("a/b", "c/d;x=2", "e/*"));
    }

    [Fact]
    public void A_value_is_made_of_media_ranges_in_the_syntax_of_Accept()
    {
        var value = AcceptQuery.Create("Application/SQL; charset=\"utf-8\"", "text/*", "*/*", "4d/query;a=\"1\"");
        Assert.Equal("application/sql;charset=utf-8, text/*, */*, \"4d/query\";a=\"1\"", value.ToString());
        Assert.Equal(4, value.Count);
        Assert.Equal("text/*", value[1].Range.ToString());
    }

    [Theory]
    [InlineData("application")]
    [InlineData("*/json")]
    [InlineData("a/b, c/d")]
    [InlineData("a/b;x")]
    [InlineData("a/b;1x=y")]
    [InlineData("a/b;x=\"é\"")]
    [InlineData("a/b;x=1;x=1")]
    public void A_range_that_the_field_cannot_say_is_refused(string text) =>
        Assert.Throws<ArgumentException>(() => AcceptQuery.Create("a/b", text));

    [Theory]
    [InlineData("Text/CSV;header=\"present\";charset=\"utf-8\";x=y", true)]
    [InlineData("text/csv;header=present", false)]
    [InlineData("text/csv;header=Present;charset=utf-8", false)]
    [InlineData("application/sql", true)]
    [InlineData(" application/sql ", true)]
    [InlineData("application/sql;", true)]
    [InlineData("application/sql;x", false)]
    [InlineData("application/sql, text/csv", false)]
    [InlineData("application", false)]
    [InlineData("", false)]
    [InlineData("image/png", false)]
    public void A_content_type_is_taken_where_a_member_accepts_it(string contentType, bool expected) =>
        Assert.Equal(expected, AcceptQuery.Create("text/csv; charset=UTF-8; header=present", "application/*").Accepts(contentType));

    [Fact]
    public void A_value_without_members_accepts_nothing()
    {
        Assert.True(AcceptQuery.TryParse("", out var value));
        Assert.False(value.Accepts("a/b"));
        Assert.False(value.Accepts(MediaType.Parse("a/b")));
        Assert.Empty(value);
    }

    [Fact]
    public void The_first_accepted_format_of_the_client_is_selected()
    {
        var (json, sql, csv) = (MediaType.Parse("application/json"), MediaType.Parse("application/sql"), MediaType.Parse("text/csv"));
        var value = AcceptQuery.Create("text/*", "application/sql");
        Assert.Same(sql, value.SelectPreferred(json, sql, csv));
        Assert.Same(csv, value.SelectPreferred(csv, sql));
        Assert.Null(value.SelectPreferred(json));
        Assert.Null(value.SelectPreferred());
    }

    [Fact]
    public void The_Accept_syntax_has_quoted_strings_and_no_q()
    {
        var value = AcceptQuery.Create("4d/query", "a/b;x=\"1 2\";y=1", "c/d;q=x", "text/*");
        Assert.Equal("4d/query, a/b;x=\"1 2\";y=1, text/*", value.ToAcceptString());
    }

    [Fact]
    public void A_null_member_is_refused() => Assert.Throws<ArgumentNullException>(() => new AcceptQuery((AcceptQueryMember)null!));

    [Fact]
    public void Matching_a_content_type_allocates_nothing()
    {
        var value = AcceptQuery.Create("application/sql", "text/csv;charset=utf-8;header=present");
        Assert.True(value.Accepts("text/csv; x=\"\\\"\"; HEADER=\"present\"; charset=UTF-8"));
        Assert.Equal(0, Allocation.Of(() => value.Accepts("text/csv; x=\"\\\"\"; HEADER=\"present\"; charset=UTF-8")));
    }

    [Fact]
    public void Ten_thousand_members_and_parameters_are_read()
    {
        var text = "a/b" + Hostile.Repeat(10_000, i => $";p{i}=v") + Hostile.Repeat(10_000, i => $", a/m{i};x=y");
        Assert.Equal(10_001, AcceptQuery.TryParse(text, out var value) && value == new AcceptQuery(value) ? value.Count : 0);
    }

    [Fact]
    public void A_content_type_of_a_hundred_thousand_parameters_is_matched()
    {
        var contentType = "a/b" + Hostile.Repeat(100_000, i => $";p{i}=v");
        Assert.False(AcceptQuery.Create("a/b;x=1;y=2", "a/c", "a/*;z=1").Accepts(contentType));
    }

    [Fact]
    public void What_was_written_is_read_back_and_reversing_it_changes_nothing() => RandomCases.AllHold(
        TextGenerators.Several(MediaTypeGenerators.FewMembers, 4),
        members => new AcceptQuery(members) is var value
            && AcceptQuery.TryParse(value.ToString(), out var again) && again == value
            && new AcceptQuery(members.Reverse()) is var reversed && reversed == value && reversed.GetHashCode() == value.GetHashCode());

    [Fact]
    public void Tokens_and_Strings_are_treated_alike() => RandomCases.AllHold(
        Values,
        value => AcceptQuery.TryParse(InStrings(value.ToString()), out var again) && again == value);

    [Fact]
    public void Text_and_media_type_are_matched_alike() => RandomCases.AllHold(
        from members in TextGenerators.Several(MediaTypeGenerators.FewMembers, 3)
        from mediaType in MediaTypeGenerators.FewMediaTypes
        from spelling in MediaTypeGenerators.Spelling(mediaType)
        select (value: new AcceptQuery(members), mediaType, spelling),
        sample => sample.value.Accepts(sample.spelling) == sample.value.Accepts(sample.mediaType)
            && sample.value.Accepts(sample.mediaType) == sample.value.Any(member => IsAccepted(member, sample.mediaType)));

    [Fact]
    public void Any_text_is_ignored_or_has_a_canonical_form() => RandomCases.AllHold(
        Gen.OneOf(
            TextGenerators.NearlyField.Select(text => "a/b" + text),
            TextGenerators.Mutation(Values.Select(value => value.ToString()))),
        text => !AcceptQuery.TryParse(text, out var value)
            || (AcceptQuery.TryParse(value.ToString(), out var again) && again == value && again.ToString() == value.ToString()));

    // The rule once more, in the words of LINQ.
    private static bool IsAccepted(AcceptQueryMember member, MediaType mediaType) =>
        member.Range.Includes(mediaType) && member.Parameters.All(wanted =>
            mediaType.Parameters.Where(parameter => parameter.Name == wanted.Name).ToList() is { Count: > 0 } found
            && found.TrueForAll(parameter => parameter == wanted));

    private static string InStrings(string field)
    {
        Assert.True(SfList.TryParse(field, out var list));
        return new SfList(list.Cast<SfItem>().Select(item => new SfItem(
            InString(item.Value), new(item.Parameters.Select(parameter => KeyValuePair.Create(parameter.Key, InString(parameter.Value)))))))
            .ToString();
    }

    private static SfBareItem InString(SfBareItem value) =>
        value.Type is SfItemType.Token ? new(value.AsToken().Value) : value;
}
