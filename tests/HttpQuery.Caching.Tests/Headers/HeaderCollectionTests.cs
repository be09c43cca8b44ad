using HttpQuery.Caching.Headers;

namespace HttpQuery.Caching.Tests.Headers;

/// <summary>RFC 9110 §5.1, §5.3: field names have no case, and the lines of one field keep their order.</summary>
public class HeaderCollectionTests
{
    [Fact]
    public void Lines_of_one_name_come_together_in_their_order()
    {
        var fields = Message.Headers("B: 1", "a: 2", "b: 3", "A: 4", "b: 5");
        Assert.Equal(2, fields.Count);
        Assert.Equal(new StringValues(["1", "3", "5"]), fields["b"]);
        Assert.Equal(KeyValuePair.Create("a", new StringValues(["2", "4"])), fields[1]);
        Assert.Equal(["B", "a"], fields.Select(field => field.Key));
    }

    [Fact]
    public void An_empty_value_is_a_line_and_no_value_is_none()
    {
        var fields = new HeaderCollection(KeyValuePair.Create("a", new StringValues("")), KeyValuePair.Create("b", default(StringValues)));
        Assert.Equal((1, 0, 0), (fields["A"].Count, fields["b"].Count, fields["c"].Count));
        Assert.Single(fields);
        Assert.Empty(HeaderCollection.Empty);
    }

    // Servers send no line for null.
    [Fact]
    public void Null_is_no_line()
    {
        var fields = new HeaderCollection(KeyValuePair.Create("a", new StringValues([null, "1", null])), KeyValuePair.Create("b", new StringValues([null])));
        Assert.Equal(new StringValues("1"), fields["a"]);
        Assert.Single(fields);
    }

    [Fact]
    public void A_field_is_found_without_allocating()
    {
        var fields = Message.Headers("B: 1", "a: 2", "b: 3");
        var count = 0;
        Assert.Equal(0, Allocation.Of(() => count = fields["A"].Count + fields["c"].Count));
        Assert.Equal(1, count);
    }
}
