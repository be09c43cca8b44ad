using System.Globalization;
using System.Net.Http.Headers;
using HttpQuery;
using Microsoft.Extensions.Options;

namespace AotHost;

/// <summary>Each endpoint sends a request to the URI in its parameter <c>uri</c>, and returns what the caller of the client sees.</summary>
/// <remarks>The client has all parts of <c>AddHttpQuery</c> on: some in code, some by configuration.</remarks>
internal static class ClientEndpoints
{
    private const string Name = "api";

    private static readonly Point Query = new(1, 2);

    public static void AddClient(this WebApplicationBuilder builder)
    {
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            [$"HttpQuery:Client:Clients:{Name}:UseFallback"] = "true",
            [$"HttpQuery:Client:Clients:{Name}:Fallback:Paths:/pods"] = "/pods/_search",
        });
        builder.Services.AddHttpClient(Name).AddHttpQuery(options => options.UseLocation = true);
    }

    public static void MapClient(this IEndpointRouteBuilder app)
    {
        app.MapQuery("/client/value", context => SendAsync(context, async (client, uri) =>
            (await client.QueryFromJsonAsync(uri, Query, AotJson.Default.Point, AotJson.Default.Answer))!.Text));
        app.MapQuery("/client/content-to-value", context => SendAsync(context, async (client, uri) =>
        {
            using var content = new StringContent("{}", new MediaTypeHeaderValue("application/json"));
            return (await client.QueryFromJsonAsync(uri, content, AotJson.Default.Answer))!.Text;
        }));
        app.MapQuery("/client/values", context => SendAsync(context, async (client, uri) =>
        {
            var texts = new List<string>();
            await foreach (var answer in client.QueryFromJsonAsAsyncEnumerable(uri, Query, AotJson.Default.Point, AotJson.Default.Answer))
                texts.Add(answer!.Text);
            return string.Join(" then ", texts);
        }));
        app.MapQuery("/client/response", context => SendAsync(context, async (client, uri) =>
        {
            using var response = await client.QueryAsJsonAsync(uri, Query, AotJson.Default.Point);
            return await DescribeAsync(response);
        }));
        app.MapQuery("/client/formats", context => SendAsync(context, async (client, uri) =>
        {
            using var content = new QueryContent(
                new("application/sql", () => new ByteArrayContent("select x"u8.ToArray())),
                new("application/json", () => new ByteArrayContent("{\"x\":1}"u8.ToArray())));
            using var response = await client.QueryAsync(uri, content);
            return await DescribeAsync(response);
        }));
        app.MapQuery("/client/accepted", context => SendAsync(context, async (client, uri) =>
            (await client.GetAcceptQueryAsync(uri))?.ToString() ?? "nothing"));
        app.MapQuery("/client/options", BindAsync);
    }

    private static async Task<string> SendAsync(HttpContext context, Func<HttpClient, string, Task<string>> send)
    {
        using var client = context.RequestServices.GetRequiredService<IHttpClientFactory>().CreateClient(Name);
        try
        {
            return await send(client, context.Request.Query["uri"].ToString());
        }
        catch (QueryRequestException exception)
        {
            var errors = exception.Problem?.Errors.Select(error => $"{error.Key}: {string.Join(", ", error.Value)}") ?? [];
            var others = exception.Problem?.Extensions.Select(member => $"{member.Key} {member.Value}") ?? [];
            return string.Join(" | ", [
                $"{(int?)exception.StatusCode} {exception.Problem?.Title}", .. errors, .. others, .. exception.AcceptedFormats]);
        }
    }

    private static async Task<string> DescribeAsync(HttpResponseMessage response)
    {
        var info = response.GetQueryInfo();
        string[] facts =
        [
            $"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}",
            .. info.FromCache ? (string[])["from the cache"] : [],
            .. info.Redirects > 0 ? (string[])[$"redirects: {info.Redirects}"] : [],
            .. info.RedirectRefusal is { } refusal ? (string[])[$"not followed: {refusal}"] : [],
            .. info.FallbackMethod is { } method ? (string[])[$"sent as {method}"] : [],
            .. info.SwitchedToGet ? (string[])["switched to GET"] : [],
            .. info.Renegotiated ? (string[])["sent in another format"] : [],
            .. info.ConnectionRetried ? (string[])["sent again"] : [],
        ];
        return string.Join(" | ", facts);
    }

    // The content is a configuration file. The response has what is wrong with it, or all options that were read from it.
    private static async Task<string> BindAsync(HttpContext context)
    {
        using var json = new MemoryStream();
        await context.Request.Body.CopyToAsync(json);
        json.Position = 0;
        var services = new ServiceCollection();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddJsonStream(json).Build());
        services.AddHttpClient(Name).AddHttpQuery();
        await using var provider = services.BuildServiceProvider();
        try
        {
            provider.GetRequiredService<IStartupValidator>().Validate();
        }
        catch (OptionsValidationException failure)
        {
            return failure.Message;
        }
        var options = provider.GetRequiredService<IOptionsMonitor<HttpQueryClientOptions>>().Get(Name);
        var cache = provider.GetRequiredService<IOptionsMonitor<PrivateCacheOptions>>().Get(Name);
        return string.Join(" | ",
        [
            $"{options.UseCache} {options.UseRedirects} {options.UseDiscovery} {options.UseFallback} {options.UseLocation}",
            string.Create(CultureInfo.InvariantCulture, $"{options.UseConnectionRetry} {options.MaximumReplayLength}"),
            $"{options.Redirects.MaximumCount} {options.Redirects.AllowContentToOtherOrigins} {options.Redirects.CredentialHeaders[^1]}",
            $"{options.Discovery.Lifetime} {options.Discovery.MaximumCount} {options.Discovery.MaximumValueLength}",
            string.Join(", ", options.Fallback.Paths.Select(path => $"{path.Key} to {path.Value}")),
            $"{options.Fallback.SendMethodOverride} {string.Join(", ", options.Fallback.Intermediaries)} {options.Fallback.Lifetime}",
            $"{options.Fallback.MaximumCount} {options.Fallback.ProbeTimeout}",
            $"{options.Location.AllowOtherOrigins} {options.Location.Lifetime} {options.Location.MaximumCount}",
            options.Location.CredentialHeaders[^1],
            $"{cache.AllowHeuristicFreshness} {cache.FollowerTimeout}",
        ]);
    }
}
