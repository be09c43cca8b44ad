namespace QuickStart.Tests;

/// <summary>Entries as CSV (RFC 4180).</summary>
public class CsvTests
{
    [Theory]
    [InlineData("HTTP Caching", "HTTP Caching")]
    [InlineData("", "")]
    [InlineData("Caching; Storing", "Caching; Storing")]
    [InlineData("Hosts, Ports, and Paths", "\"Hosts, Ports, and Paths\"")]
    [InlineData("The \"Safe\" Methods", "\"The \"\"Safe\"\" Methods\"")]
    [InlineData("\"", "\"\"\"\"")]
    [InlineData("One\r\nTwo", "\"One\r\nTwo\"")]
    [InlineData("One\nTwo", "\"One\nTwo\"")]
    [InlineData("One\rTwo", "\"One\rTwo\"")]
    public void A_field_is_quoted_where_it_would_be_read_as_more_than_one(string title, string field) =>
        Assert.Equal($"number,title,year,status,pages\r\n1,{field},2026,Proposed Standard,2\r\n", Csv.Format([new(1, title, 2026, "Proposed Standard", 2)]));

    [Fact]
    public void No_entries_are_a_line_of_names() => Assert.Equal("number,title,year,status,pages\r\n", Csv.Format([]));
}
