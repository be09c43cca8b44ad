using HttpQuery.Tests;

namespace HttpQuery.Conformance.AppendixA;

/// <summary>The exchanges of RFC 10008's appendix A, on the wire: A.1 to A.6.</summary>
public class AppendixATests
{
    private const string Form = "application/x-www-form-urlencoded";
    private const string Sql = "application/sql";
    private const string Xslt = "application/xslt+xml";
    private const string SqlInOslo = "select surname, email from contacts where city = 'Oslo'";
    private const string XsltInOslo = """
        <xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
          <xsl:output method="text"/>
          <xsl:template match="/contacts">
            <xsl:for-each select="contact[@city='Oslo']"><xsl:value-of select="concat(@surname, ',', @email)"/><xsl:text>&#10;</xsl:text></xsl:for-each>
          </xsl:template>
        </xsl:stylesheet>
        """;

    private const string InOslo = "Berg,bo@two.test\r\nCruz,cleo@one.test\r\n";

    [Fact]
    public async Task A1_a_form_is_answered_with_json()
    {
        await using var server = await ContactsServer.StartAsync();

        var response = await server.SendAsync("QUERY /contacts", Form, "select=surname,givenname,email&limit=1&match=email+like+%27%25one.test%27", ["Accept: application/json"]);

        Assert.Equal((200, "application/json; charset=utf-8"), (response.Status, response["Content-Type"]));
        Assert.Equal("[[\"Abel\",\"Ada\",\"ada@one.test\"]]", response.ContentText);
    }

    [Fact]
    public async Task A2_options_lists_query_among_the_methods()
    {
        await using var server = await ContactsServer.StartAsync();

        var response = await server.SendAsync("OPTIONS /contacts");

        Assert.Equal((204, 0), (response.Status, response.Content.Length));
        Assert.Equal(["GET", "HEAD", "OPTIONS", "QUERY"], Members(response["Allow"]));
    }

    [Fact]
    public async Task A3_head_announces_the_formats_and_a_415_names_them()
    {
        await using var server = await ContactsServer.StartAsync();

        var head = await server.SendAsync("HEAD /contacts");
        Assert.Equal((200, 0), (head.Status, head.Content.Length));
        Assert.Equal([Sql, Form], Members(head["Accept-Query"]));

        var refused = await server.SendAsync("QUERY /contacts", "application/xml", "<query/>");
        Assert.Equal(415, refused.Status);
        Assert.Equal([Sql, Form], Members(refused["Accept"]));

        Assert.Equal("Berg,bo@two.test\r\nCruz,cleo@one.test\r\n", (await server.SendAsync("QUERY /contacts", Sql, SqlInOslo)).ContentText);
    }

    [Fact]
    public async Task A4_the_query_and_its_result_have_URIs_of_their_own()
    {
        const string InBern = "select=surname,givenname,email&limit=10&match=city+like+%27Bern%27";
        const string Both = """[["Abel","Ada","ada@one.test"],["Dorn","Dag","dag@two.test"]]""";
        const string One = """[["Abel","Ada","ada@one.test"]]""";
        await using var server = await ContactsServer.StartAsync();

        var first = await server.SendAsync("QUERY /stored-contacts", Form, InBern, ["Accept: application/json"]);
        Assert.Equal((200, "application/json; charset=utf-8", Both), (first.Status, first["Content-Type"], first.ContentText));
        var (result, query) = (first["Content-Location"]!, first["Location"]!);
        Assert.NotEqual(result, query);

        // The result, and the query: the same as long as the contacts are the same.
        Assert.Equal((200, Both), await GetAsync(result));
        Assert.Equal((200, Both), await GetAsync(query));
        Assert.Equal(200, (await server.SendAsync("DELETE /stored-contacts/Dorn")).Status);
        Assert.Equal((200, Both), await GetAsync(result));

        // Later, the stored query has fewer rows and another tag.
        var later = await server.SendAsync($"GET {query}", fields: ["Accept: application/json"]);
        Assert.Equal((200, "application/json; charset=utf-8", One), (later.Status, later["Content-Type"], later.ContentText));
        Assert.NotNull(later["ETag"]);
        Assert.NotEqual(first["ETag"], later["ETag"]);
        var unchanged = await server.SendAsync($"GET {query}", fields: ["Accept: application/json", $"If-None-Match: {later["ETag"]}"]);
        Assert.Equal((304, 0, later["ETag"]), (unchanged.Status, unchanged.Content.Length, unchanged["ETag"]));

        // The same query answered indirectly.
        var indirect = await server.SendAsync("QUERY /stored-contacts", Form, InBern, ["Accept: application/json", "Prefer: redirect"]);
        Assert.Equal((303, 0, query), (indirect.Status, indirect.Content.Length, indirect["Location"]));
        Assert.Equal((200, One), await GetAsync(indirect["Location"]!));

        async Task<(int, string)> GetAsync(string uri)
        {
            var response = await server.SendAsync($"GET {uri}", fields: ["Accept: application/json"]);
            return (response.Status, response.ContentText);
        }
    }

    [Fact]
    public async Task A5_the_same_query_in_another_language_is_not_modified_and_its_location_can_be_got()
    {
        await using var server = await ContactsServer.StartAsync();

        var first = await server.SendAsync("QUERY /report", Sql, SqlInOslo, ["Accept: text/csv"]);
        Assert.Equal((200, "text/csv", InOslo), (first.Status, first["Content-Type"], first.ContentText));
        Assert.Equal("Sun, 01 Feb 2026 09:30:00 GMT", first["Last-Modified"]);
        Assert.Equal([Sql, Xslt], Members(first["Accept-Query"]).Select(member => member.Trim('"')));
        Assert.Equal(["Accept", "Accept-Query", "Content-Encoding", "Content-Type"], Members(first["Vary"]));
        Assert.StartsWith("/report/", first["Location"], StringComparison.Ordinal);

        var second = await server.SendAsync("QUERY /report", Xslt, XsltInOslo, ["Accept: text/csv", $"If-Modified-Since: {first["Last-Modified"]}"]);
        Assert.Equal((304, 0), (second.Status, second.Content.Length));
        Assert.Equal((first["Location"], first["Accept-Query"], first["Last-Modified"]), (second["Location"], second["Accept-Query"], second["Last-Modified"]));

        var got = await server.SendAsync($"GET {first["Location"]}");
        Assert.Equal((200, InOslo), (got.Status, got.ContentText));
        Assert.Equal(304, (await server.SendAsync($"GET {first["Location"]}", fields: [$"If-Modified-Since: {first["Last-Modified"]}"])).Status);

        Assert.Equal(200, (await server.SendAsync("QUERY /report", Xslt, XsltInOslo, ["If-Modified-Since: Sat, 31 Jan 2026 09:30:00 GMT"])).Status);
        Assert.Equal(406, (await server.SendAsync("QUERY /report", Sql, SqlInOslo, ["Accept: application/json"])).Status);
        Assert.Equal(422, (await server.SendAsync("QUERY /report", Xslt, "<no-stylesheet/>")).Status);
    }

    [Theory]
    [InlineData(Sql, SqlInOslo)]
    [InlineData("application/jsonpath", "$[?@.city == 'Oslo']['surname','email']")]
    [InlineData(Xslt, XsltInOslo)]
    public async Task A6_one_query_in_three_languages(string mediaType, string query)
    {
        await using var server = await ContactsServer.StartAsync();

        var response = await server.SendAsync("QUERY /languages", mediaType, query);
        Assert.Equal((200, InOslo), (response.Status, response.ContentText));
        Assert.Equal(422, (await server.SendAsync("QUERY /languages", mediaType, "nonsense")).Status);
    }

    private static IEnumerable<string> Members(string? field) => field!.Split(", ").Order(StringComparer.Ordinal);
}
