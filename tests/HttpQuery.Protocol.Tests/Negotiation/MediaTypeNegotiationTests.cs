namespace HttpQuery.Protocol.Tests.Negotiation;

/// <summary>RFC 9110 §12.5.1, §12.4.2: choosing a media type by Accept.</summary>
public class MediaTypeNegotiationTests
{
    private const int Many = 10_000;
    private static readonly MediaTypeNegotiation Formats = Of("text/csv", "application/json", "text/csv;header=present");

    [Fact]
    public void There_must_be_something_to_send()
    {
        Assert.Throws<ArgumentException>(() => new MediaTypeNegotiation([]));
        Assert.Throws<ArgumentNullException>(() => new MediaTypeNegotiation(null!));
        Assert.Throws<ArgumentNullException>(() => new MediaTypeNegotiation([null!]));
    }

    [Fact]
    public void The_types_available_are_a_copy_in_their_order()
    {
        var types = new List<MediaType> { MediaType.Parse("a/b"), MediaType.Parse("a/c") };
        var negotiation = new MediaTypeNegotiation(types);
        types.Clear();
        Assert.Equal(["a/b", "a/c"], negotiation.Available.Select(type => type.ToString()));
    }

    [Fact]
    public void Without_a_field_the_first_type_is_sent()
    {
        Assert.Equal(0, Formats.Choose());
        Assert.Equal(0, Formats.Choose((string?)null));
        Assert.Equal(0, Formats.Choose("", " \t", null));
    }

    [Theory]
    [InlineData(", ,")]
    [InlineData("application")]
    [InlineData("application/js*;q=2, */json")]
    public void A_field_without_a_well_formed_member_is_disregarded(string accept) => Assert.Equal(0, Formats.Choose(accept));

    [Theory]
    [InlineData("*/*", 0)]
    [InlineData("application/json", 1)]
    [InlineData("Application/JSON", 1)]
    [InlineData("text/csv", 0)]
    [InlineData("text/*", 0)]
    [InlineData("application/*", 1)]
    [InlineData("image/png", -1)]
    [InlineData("image/*", -1)]
    [InlineData("application/jso", -1)]
    [InlineData(" application/json ", 1)]
    public void One_range_chooses_the_first_type_that_it_matches(string accept, int expected) =>
        Assert.Equal(expected, Formats.Choose(accept));

    [Theory]
    [InlineData("text/csv;header=present", 2)]
    [InlineData("text/csv;Header=\"pre\\sent\"", 2)]
    [InlineData("text/csv;header=present;charset=utf-8", 2)]
    [InlineData("text/csv;header=present;Charset=\"UTF-8\"", 2)]
    [InlineData("text/*;header=present", 2)]
    [InlineData("*/*;header=present", 2)]
    public void A_range_with_parameters_matches_the_types_that_have_them(string accept, int expected) =>
        Assert.Equal(expected, Formats.Choose(accept));

    [Theory]
    [InlineData("text/csv;header=absent", 0)]
    [InlineData("text/csv;header=absent;q=0", -1)]
    [InlineData("text/csv;header=absent;q=0, */*;q=0.1", 0)]
    [InlineData("text/csv;header=absent, application/json;q=0.9", 0)]
    [InlineData("text/csv;header=absent;q=0.8, application/json;q=0.9", 1)]
    [InlineData("text/csv;header=absent, application/json", 1)]
    [InlineData("text/csv;header=absent, text/csv;q=0.1, application/json;q=0.5", 1)]
    [InlineData("text/csv;header=absent, text/*;q=0.1, application/json;q=0.5", 0)]
    [InlineData("text/csv;header=absent, text/csv;q=0", -1)]
    [InlineData("application/json;charset=utf-8", 1)]
    [InlineData("application/json; charset=UTF-8; q=0.9, text/csv; q=0.8", 1)]
    [InlineData("application/json;charset=utf-8;q=0, */*", 0)]
    [InlineData("application/json;charset=iso-8859-1", 1)]
    [InlineData("application/json;version=\"1, 2\"", 1)]
    [InlineData("application/*;version=2", 1)]
    [InlineData("*/*;charset=utf-8", 0)]
    [InlineData("image/png;charset=utf-8", -1)]
    public void A_parameter_that_a_type_does_not_mention_leaves_a_doubt_in_which_it_is_sent(string accept, int expected) =>
        Assert.Equal(expected, Formats.Choose(accept));

    [Fact]
    public void A_parameter_with_another_value_than_the_type_has_does_not_match()
    {
        Assert.Equal(-1, Of("text/csv;header=present").Choose("text/csv;header=absent"));
        Assert.Equal(-1, Of("text/plain;charset=iso-8859-1").Choose("text/plain;charset=utf-8"));
    }

    [Fact]
    public void A_range_without_parameters_matches_a_type_that_has_some()
    {
        Assert.Equal(0, Of("text/csv;header=present", "text/csv").Choose("text/csv"));
        Assert.Equal(0, Of("text/csv;header=present", "text/csv").Choose("text/csv;q=0.5"));
        Assert.Equal(0, Of("text/plain;charset=UTF-8").Choose("text/plain;charset=utf-8"));
    }

    [Theory]
    [InlineData("text/csv;q=0.5, application/json", 1)]
    [InlineData("text/csv;q=0.5, application/json;q=0.4", 0)]
    [InlineData("text/csv;q=0.5, application/json;Q=0.501", 1)]
    [InlineData("text/csv, application/json", 0)]
    [InlineData("application/json, text/csv", 0)]
    [InlineData("application/json;q=0", -1)]
    [InlineData("text/*;q=0.000, */*", 1)]
    [InlineData("application/json;q=0, */*;q=0.", -1)]
    [InlineData("*/*;q=0.1, application/json;q=0", 0)]
    public void The_largest_weight_above_zero_wins_and_of_equal_ones_the_earlier_type(string accept, int expected) =>
        Assert.Equal(expected, Formats.Choose(accept));

    [Theory]
    [InlineData("*/*, text/*;q=0.1", 1)]
    [InlineData("text/*, text/csv;q=0.1, */*;q=0.5", 1)]
    [InlineData("text/csv;q=0.1, text/csv;header=present;q=0.2", 2)]
    [InlineData("text/csv;header=present;q=0.1, text/csv;q=0.2", 0)]
    [InlineData("text/csv;q=0.1, text/*;header=present;q=0.2", 0)]
    [InlineData("text/csv;q=0.3, text/csv;q=0.6, application/json;q=0.5", 0)]
    [InlineData("text/csv;q=0.6, text/csv;q=0.3, application/json;q=0.5", 0)]
    public void The_most_specific_range_gives_the_weight(string accept, int expected) => Assert.Equal(expected, Formats.Choose(accept));

    [Fact]
    public void More_parameters_are_more_specific() =>
        Assert.Equal(1, Of("a/b;x=1;y=2", "a/c").Choose("a/b;x=1, a/b;y=2;x=1;q=0.1, a/c;q=0.5"));

    [Theory]
    [InlineData("1")]
    [InlineData("1.")]
    [InlineData("1.0")]
    [InlineData("1.000")]
    [InlineData("0.001")]
    [InlineData("0.1;ext")]
    [InlineData("0.1 ; ext=\"a,b\"")]
    [InlineData("0.1;q=0")]
    [InlineData(".1")]
    [InlineData(".2 ; ext")]
    [InlineData("0.1234")]
    [InlineData("1.0000")]
    public void These_weights_are_read(string weight) =>
        Assert.Equal(1, Formats.Choose($"text/csv;q=0, application/json;q={weight}"));

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("2")]
    [InlineData("1.001")]
    [InlineData("00.1")]
    [InlineData("-0")]
    [InlineData("0.x")]
    [InlineData("0x1")]
    [InlineData("\"0.5\"")]
    [InlineData("\"0.5")]
    [InlineData("0.5 x")]
    [InlineData("0.\u0661")]
    public void Another_weight_is_the_least(string weight)
    {
        Assert.Equal(1, Formats.Choose($"image/png, application/json;q={weight}"));
        Assert.Equal(0, Formats.Choose("text/csv;q=0.002", $"application/json;q={weight}"));
    }

    [Theory]
    [InlineData("text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2", 0)]
    [InlineData("text/html, *; q=.2", 0)]
    [InlineData("text/html, *", 0)]
    [InlineData("*, text/html", 0)]
    [InlineData("text/html, text/csv;q=0, *", 1)]
    [InlineData("text/html, */*;q=0, *", -1)]
    [InlineData("text/html;x=\"1, application/json", 0)]
    public void A_member_that_is_passed_over_may_have_accepted_what_no_other_refuses(string accept, int expected) => Assert.Equal(expected, Formats.Choose(accept));

    [Theory]
    [InlineData("a")]
    [InlineData("*")]
    [InlineData("*/json")]
    [InlineData("application/js*")]
    [InlineData("application/json;x")]
    [InlineData("application/json x")]
    [InlineData("application/json;x=\"1")]
    [InlineData("application/json;x=\"1\u0001\"")]
    [InlineData("application /json")]
    public void A_malformed_range_is_passed_over(string range) => Assert.Equal(0, Formats.Choose($"text/csv;q=0.1, {range}"));

    [Fact]
    public void A_comma_in_quotes_splits_nothing()
    {
        Assert.Equal(1, Of("a/b", "a/b;x=\",a/b,\"").Choose("a/b;x=\",a/b,\""));
        Assert.Equal(1, Of("a/b", "a/c").Choose("a/b;x=\"\\\",a/b\", a/c"));
        Assert.Equal(1, Of("a/b", "a/c").Choose("a/b;x=1;q=\",a/b\", a/c"));
    }

    [Fact]
    public void A_quote_without_an_end_takes_the_rest_of_its_line_alone()
    {
        var negotiation = Of("a/b", "a/c", "a/d");
        Assert.Equal(2, negotiation.Choose("a/x;x=\"1, a/b", "a/d"));
        Assert.Equal(1, negotiation.Choose("a/c, a/x;x=\"1\\\", a/b"));
    }

    [Fact]
    public void The_lines_are_one_list()
    {
        Assert.Equal(1, Formats.Choose(",text/csv;q=0.5,, ", null, "application/json\t,"));
        Assert.Equal(-1, Formats.Choose("image/png", "image/gif"));
    }

    [Fact]
    public void The_rules_do_not_change_with_the_number_of_types()
    {
        var negotiation = Of([.. Enumerable.Range(0, 200).Select(i => $"a/n{i}")]);
        Assert.Equal(150, negotiation.Choose("a/n170;q=0.5, a/n150;q=0.7, x/*"));
        Assert.Equal(0, Allocation.Of(() => negotiation.Choose("a/n170;q=0.5, a/n150;q=0.7, x/*")));
    }

    [Fact]
    public void Ten_thousand_members_are_read()
    {
        var accept = Hostile.Repeat(Many, i => $"x/n{i};q=0.{i % 10},") + "application/json;q=0.1";
        Assert.Equal(1, Formats.Choose(accept));
        Assert.Equal(0, Allocation.Of(() => Formats.Choose(accept)));
        Assert.Equal(1, Formats.Choose([.. accept.Split(',')]));
    }

    [Fact]
    public void Ten_thousand_parameters_are_read()
    {
        var accept = "text/csv" + Hostile.Repeat(Many, _ => ";header=\"\\present\"") + ";q=0.5, application/json;q=0.4";
        Assert.Equal(2, Formats.Choose(accept));
        Assert.Equal(1, Formats.Choose(accept.Replace("q=0.5", "q=0.3", StringComparison.Ordinal)));
        Assert.Equal(0, Allocation.Of(() => Formats.Choose(accept)));
    }

    [Fact]
    public void Quotes_that_never_end_are_passed_over() =>
        Assert.Equal(0, Formats.Choose(Hostile.Repeat(Many, _ => "a/b;x=\"\\\"")));

    [Fact]
    public void MediaTypeNegotiation_chooses_without_allocating()
    {
        Assert.Equal(0, Allocation.Of(() => Formats.Choose("application/json")));
        Assert.Equal(0, Allocation.Of(() => Formats.Choose("text/csv;header=\"pre\\sent\";q=0.5, */*;q=0.1", "application/*;q=0.2")));
    }

    [Fact]
    public void A_naive_reading_chooses_the_same() => RandomCases.AllHold(
        from available in Types
        from members in TextGenerators.Several(Member, 6)
        from separators in Gen.Elements(",", " , ", ",,\t", "\n").ArrayOf(members.Length)
        select (available, members, Field: string.Concat(members.Zip(separators, (member, separator) => member.Text + separator))),
        random => new MediaTypeNegotiation(random.available).Choose([.. random.Field.Split('\n')])
            == Naive(random.available, random.members));

    [Fact]
    public void Any_text_is_answered() => RandomCases.AllHold(
        from available in Types
        from lines in TextGenerators.Several(
            Gen.OneOf(TextGenerators.NearlyField, TextGenerators.Mutation(Member.Select(member => member.Text + ",a/x;q=0.5"))), 3)
        select (available, lines),
        random => new MediaTypeNegotiation(random.available).Choose([.. random.lines]) is var chosen
            && chosen >= -1 && chosen < random.available.Length);

    private static Gen<MediaType[]> Types =>
        from count in Gen.Choose(1, 4)
        from types in MediaTypeGenerators.FewMediaTypes.ArrayOf(count)
        select types;

    private static Gen<RandomMember> Member => Gen.Frequency(
        (5, WellFormedMember),
        (1, Gen.Elements("*/x", "a", "a/*;p", "*/*;p=\",\" x").Select(text => new RandomMember(text, null, 0))));

    private static Gen<RandomMember> WellFormedMember =>
        from member in MediaTypeGenerators.FewMembers
        from quality in Gen.Elements("", "0", "0.", "0.1", "0.10", "0.100", "0.101", "0.999", "1", "1.00", ".1", "0.1019", "2", "1.001", "\"1\"")
        from extension in Gen.Elements("", ";ext", " ; q=0;p=\",\"")
        let parameters = string.Concat(member.Parameters.Select(parameter => $" ;{parameter}"))
        let weight = quality is "" ? "" : $";q={quality}{extension}"
        select new RandomMember($"{member.Range}{parameters}{weight}", member, quality is "" ? 1 : quality is "2" or "1.001" or "\"1\"" ? 0.001m : decimal.Round(Number(quality), 3, MidpointRounding.ToZero));

    private static decimal Number(string text) => decimal.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private static int Naive(MediaType[] available, RandomMember[] members)
    {
        var wellFormed = members.Where(member => member.Range is not null).ToList();
        if (wellFormed.Count == 0) return 0;

        var verdicts = available.Select(Verdict).ToList();
        var accepted = verdicts.Where(verdict => verdict is { Weight: > 0 }).OrderByDescending(verdict => verdict!.Value.Weight).ThenByDescending(verdict => verdict!.Value.IsCertain).ToList();
        if (accepted.Count > 0) return verdicts.IndexOf(accepted[0]);
        return wellFormed.Count < members.Length ? verdicts.IndexOf(null) : -1;

        (decimal Weight, bool IsCertain)? Verdict(MediaType type) => wellFormed
            .Where(member => member.Range!.Range.Includes(type) && member.Range.Parameters.All(parameter => type.Parameters.Contains(parameter) || !IsMentioned(type, parameter)))
            .Select(member => (member.Weight, member.Range, IsCertain: member.Range!.Parameters.All(parameter => type.Parameters.Contains(parameter) || (parameter.Name == "charset" && parameter.Value.Equals("utf-8", StringComparison.OrdinalIgnoreCase)))))
            .Where(member => member.IsCertain || member.Weight > 0)
            .OrderBy(member => member.Range!.Range.ToString().Count(c => c == '*'))
            .ThenByDescending(member => member.IsCertain)
            .ThenByDescending(member => member.Range!.Parameters.Count)
            .ThenByDescending(member => member.Weight)
            .Select(member => ((decimal, bool)?)(member.Weight, member.IsCertain))
            .FirstOrDefault();

        static bool IsMentioned(MediaType type, MediaTypeParameter parameter) => type.Parameters.Any(other => other.Name == parameter.Name);
    }

    private static MediaTypeNegotiation Of(params string[] available) =>
        new([.. available.Select(text => MediaType.Parse(text))]);

    private sealed record RandomMember(string Text, AcceptQueryMember? Range, decimal Weight);
}
