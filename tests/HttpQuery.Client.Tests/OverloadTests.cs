using System.Text.Json;

namespace HttpQuery.Client.Tests;

/// <summary>Every form of call that a program may write. This file compiles only if none is ambiguous.</summary>
public sealed class OverloadTests
{
    private static readonly RfcQuery Question = new("HTTP", 40);

    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    private static CancellationToken Test => TestContext.Current.CancellationToken;

    [Fact]
    public async Task QueryAsync_takes_text_or_a_Uri_with_and_without_option_and_token() => await CallAsync(10, async (client, text, uri) =>
    {
        await client.QueryAsync(text, Wire.Sql());
        await client.QueryAsync(uri, Wire.Sql());
        await client.QueryAsync(text, Wire.Sql(), Test);
        await client.QueryAsync(uri, Wire.Sql(), Test);
        await client.QueryAsync(text, Wire.Sql(), HttpCompletionOption.ResponseHeadersRead);
        await client.QueryAsync(uri, Wire.Sql(), HttpCompletionOption.ResponseHeadersRead);
        await client.QueryAsync(text, Wire.Sql(), HttpCompletionOption.ResponseHeadersRead, Test);
        await client.QueryAsync(uri, Wire.Sql(), HttpCompletionOption.ResponseHeadersRead, Test);
        await client.QueryAsync(requestUri: text, content: Wire.Sql(), cancellationToken: Test);
        await client.QueryAsync(cancellationToken: Test, completionOption: default, content: Wire.Sql(), requestUri: uri);
    });

    [Fact]
    public async Task QueryAsJsonAsync_infers_its_type_from_the_value() => await CallAsync(18, async (client, text, uri) =>
    {
        await client.QueryAsJsonAsync(text, Question);
        await client.QueryAsJsonAsync(uri, Question);
        await client.QueryAsJsonAsync(text, Question, Test);
        await client.QueryAsJsonAsync(uri, Question, Test);
        await client.QueryAsJsonAsync(text, Question, Options);
        await client.QueryAsJsonAsync(uri, Question, Options);
        await client.QueryAsJsonAsync(text, Question, Options, Test);
        await client.QueryAsJsonAsync(uri, Question, null, Test);
        await client.QueryAsJsonAsync(text, Question, null);
        await client.QueryAsJsonAsync(uri, Question, options: null);
        await client.QueryAsJsonAsync(text, Question, default(JsonSerializerOptions));
        await client.QueryAsJsonAsync(uri, Question, cancellationToken: Test);
        await client.QueryAsJsonAsync(requestUri: text, value: Question, options: Options, cancellationToken: Test);
        await client.QueryAsJsonAsync<object>(uri, new { title = "HTTP" }, Test);
        await client.QueryAsJsonAsync(text, new { title = "HTTP" });
        await client.QueryAsJsonAsync(text, Question, RfcJson.Default.RfcQuery);
        await client.QueryAsJsonAsync(uri, Question, RfcJson.Default.RfcQuery, Test);
        await client.QueryAsJsonAsync(requestUri: uri, value: Question, jsonTypeInfo: RfcJson.Default.RfcQuery, cancellationToken: Test);
    });

    [Fact]
    public async Task QueryFromJsonAsync_with_content_takes_the_type_of_the_result() => await CallAsync(15, async (client, text, uri) =>
    {
        await client.QueryFromJsonAsync<Rfc[]>(text, Wire.Sql());
        await client.QueryFromJsonAsync<Rfc[]>(uri, Wire.Sql());
        await client.QueryFromJsonAsync<Rfc[]>(text, Wire.Sql(), Test);
        await client.QueryFromJsonAsync<Rfc[]>(uri, Wire.Sql(), Test);
        await client.QueryFromJsonAsync<Rfc[]>(text, Wire.Sql(), Options);
        await client.QueryFromJsonAsync<Rfc[]>(uri, Wire.Sql(), Options, Test);
        await client.QueryFromJsonAsync<Rfc[]>(text, Wire.Sql(), null);
        await client.QueryFromJsonAsync<Rfc[]>(uri, Wire.Sql(), null, Test);
        await client.QueryFromJsonAsync<Rfc[]>(text, Wire.Sql(), options: null);
        await client.QueryFromJsonAsync<Rfc[]>(uri, Wire.Sql(), cancellationToken: Test);
        await client.QueryFromJsonAsync<Rfc[]>(requestUri: text, content: Wire.Sql(), options: Options, cancellationToken: Test);
        await client.QueryFromJsonAsync(text, Wire.Sql(), RfcJson.Default.RfcArray);
        await client.QueryFromJsonAsync(uri, Wire.Sql(), RfcJson.Default.RfcArray, Test);
        await client.QueryFromJsonAsync<Rfc[]>(text, Wire.Sql(), RfcJson.Default.RfcArray, Test);
        await client.QueryFromJsonAsync(
            requestUri: uri, content: Wire.Sql(), jsonTypeInfo: RfcJson.Default.RfcArray, cancellationToken: Test);
    });

    [Fact]
    public async Task QueryFromJsonAsync_with_a_value_takes_both_types() => await CallAsync(14, async (client, text, uri) =>
    {
        await client.QueryFromJsonAsync<RfcQuery, Rfc[]>(text, Question);
        await client.QueryFromJsonAsync<RfcQuery, Rfc[]>(uri, Question);
        await client.QueryFromJsonAsync<RfcQuery, Rfc[]>(text, Question, Test);
        await client.QueryFromJsonAsync<RfcQuery, Rfc[]>(uri, Question, Test);
        await client.QueryFromJsonAsync<RfcQuery, Rfc[]>(text, Question, Options);
        await client.QueryFromJsonAsync<RfcQuery, Rfc[]>(uri, Question, Options, Test);
        await client.QueryFromJsonAsync<RfcQuery, Rfc[]>(text, Question, null);
        await client.QueryFromJsonAsync<RfcQuery, Rfc[]>(uri, Question, null, Test);
        await client.QueryFromJsonAsync<RfcQuery, Rfc[]>(text, Question, options: null);
        await client.QueryFromJsonAsync<RfcQuery, Rfc[]>(uri, Question, cancellationToken: Test);
        await client.QueryFromJsonAsync<RfcQuery, Rfc[]>(requestUri: text, value: Question, options: Options, cancellationToken: Test);
        await client.QueryFromJsonAsync(text, Question, RfcJson.Default.RfcQuery, RfcJson.Default.RfcArray);
        await client.QueryFromJsonAsync(uri, Question, RfcJson.Default.RfcQuery, RfcJson.Default.RfcArray, Test);
        await client.QueryFromJsonAsync(
            text, Question, queryTypeInfo: RfcJson.Default.RfcQuery, resultTypeInfo: RfcJson.Default.RfcArray, cancellationToken: Test);
    });

    [Fact]
    public async Task QueryFromJsonAsAsyncEnumerable_has_the_same_shapes() => await CallAsync(22, async (client, text, uri) =>
    {
        await client.QueryFromJsonAsAsyncEnumerable<Rfc>(text, Wire.Sql()).CountAsync();
        await client.QueryFromJsonAsAsyncEnumerable<Rfc>(uri, Wire.Sql()).CountAsync();
        await client.QueryFromJsonAsAsyncEnumerable<Rfc>(text, Wire.Sql(), Test).CountAsync();
        await client.QueryFromJsonAsAsyncEnumerable<Rfc>(uri, Wire.Sql(), Test).CountAsync();
        await client.QueryFromJsonAsAsyncEnumerable<Rfc>(text, Wire.Sql(), Options).CountAsync();
        await client.QueryFromJsonAsAsyncEnumerable<Rfc>(uri, Wire.Sql(), Options, Test).CountAsync();
        await client.QueryFromJsonAsAsyncEnumerable<Rfc>(text, Wire.Sql(), null).CountAsync();
        await client.QueryFromJsonAsAsyncEnumerable<Rfc>(uri, Wire.Sql(), options: null, cancellationToken: Test).CountAsync();
        await client.QueryFromJsonAsAsyncEnumerable(text, Wire.Sql(), RfcJson.Default.Rfc).CountAsync();
        await client.QueryFromJsonAsAsyncEnumerable(uri, Wire.Sql(), RfcJson.Default.Rfc, Test).CountAsync();
        await client.QueryFromJsonAsAsyncEnumerable(text, Wire.Sql(), jsonTypeInfo: RfcJson.Default.Rfc).CountAsync();
        await client.QueryFromJsonAsAsyncEnumerable<RfcQuery, Rfc>(text, Question).CountAsync();
        await client.QueryFromJsonAsAsyncEnumerable<RfcQuery, Rfc>(uri, Question).CountAsync();
        await client.QueryFromJsonAsAsyncEnumerable<RfcQuery, Rfc>(text, Question, Test).CountAsync();
        await client.QueryFromJsonAsAsyncEnumerable<RfcQuery, Rfc>(uri, Question, Test).CountAsync();
        await client.QueryFromJsonAsAsyncEnumerable<RfcQuery, Rfc>(text, Question, Options).CountAsync();
        await client.QueryFromJsonAsAsyncEnumerable<RfcQuery, Rfc>(uri, Question, Options, Test).CountAsync();
        await client.QueryFromJsonAsAsyncEnumerable<RfcQuery, Rfc>(text, Question, null).CountAsync();
        await client.QueryFromJsonAsAsyncEnumerable<RfcQuery, Rfc>(uri, Question, options: null).CountAsync();
        await client.QueryFromJsonAsAsyncEnumerable(text, Question, RfcJson.Default.RfcQuery, RfcJson.Default.Rfc).CountAsync();
        await client.QueryFromJsonAsAsyncEnumerable(uri, Question, RfcJson.Default.RfcQuery, RfcJson.Default.Rfc, Test).CountAsync();
        await client.QueryFromJsonAsAsyncEnumerable(
            text, Question, queryTypeInfo: RfcJson.Default.RfcQuery, resultTypeInfo: RfcJson.Default.Rfc,
            cancellationToken: Test).CountAsync();
    });

    // Sends the calls to a handler that returns an empty array, and counts the QUERY requests.
    private static async Task CallAsync(int expected, Func<HttpClient, string?, Uri?, Task> calls)
    {
        var counting = new CountingHandler();
        using var client = new HttpClient(counting);

        await calls(client, "http://localhost/rfcs", new("http://localhost/rfcs"));

        Assert.Equal(expected, counting.Queries);
    }

    private sealed class CountingHandler : HttpMessageHandler
    {
        public int Queries { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (request.Method.Method is "QUERY") Queries++;
            return Task.FromResult(new HttpResponseMessage { Content = Wire.Content("application/json", "[]") });
        }
    }
}
