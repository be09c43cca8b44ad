using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace HttpQuery.Tests.Pipeline;

/// <summary>From http to https: the client is to repeat the same QUERY there (RFC 10008 §2.5; RFC 9110 §15.4.8).</summary>
public class HttpsRedirectionTests
{
    [Theory]
    [InlineData("application/json", "{}")]
    [InlineData("text/plain", "x")]
    [InlineData(null, null)]
    public async Task A_query_is_sent_on_with_its_path_and_its_uri_query(string? type, string? content)
    {
        var runs = 0;
        await using var server = await QueryServer.StartAsync(
            app =>
            {
                app.UseHttpsRedirection();
                app.MapQuery("/rfcs/{series}", (string series, RfcQuery query) => ++runs);
            },
            builder => builder.Services.AddHttpsRedirection(options => options.HttpsPort = 8443));

        var response = await server.SendAsync("QUERY /rfcs/a%20b?limit=1&x=%2F", type, content);
        Assert.Equal((307, "https://localhost:8443/rfcs/a%20b?limit=1&x=%2F"), (response.Status, response["Location"]));
        Assert.Equal(0, runs);
    }
}
