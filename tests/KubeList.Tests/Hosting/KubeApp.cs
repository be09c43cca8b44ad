using System.Net.Http.Headers;
using System.Text;
using KubeList.Store;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace KubeList.Tests.Hosting;

/// <summary>The sample, running in this process with settings of the test's choice and a clock that the test moves.</summary>
public sealed class KubeApp(params (string Name, string Value)[] settings) : WebApplicationFactory<Program>
{
    private static readonly HttpMethod Query = new("QUERY");

    private HttpClient? _client;

    public FakeTimeProvider Time { get; } = new();

    internal ClusterStore Store => Services.GetRequiredService<ClusterStore>();

    private HttpClient Client => _client ??= CreateClient();

    /// <summary>Starts the sample on a real socket.</summary>
    /// <returns>The port.</returns>
    public int StartKestrel()
    {
        // The address is a setting of the program: UseKestrel(0) would change it while the program starts.
        UseKestrel();
        StartServer();
        var addresses = Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        return new Uri(addresses.First()).Port;
    }

    public Task<Answer> GetAsync(string path, params (string Name, string Value)[] options) =>
        SendAsync(HttpMethod.Get, path + UriQuery(options));

    public Task<Answer> QueryFormAsync(string path, params (string Name, string Value)[] options) =>
        SendAsync(Query, path, FormQuery(options), "application/x-www-form-urlencoded");

    public Task<Answer> QueryJsonAsync(string path, string json) => SendAsync(Query, path, json, "application/json");

    public Task<Answer> QueryJsonAsync(string path, byte[] json) => SendAsync(Query, path, json, "application/json", null);

    public Task<Answer> SendAsync(HttpMethod method, string path, string? content = null, string? type = null, string? accept = null) =>
        SendAsync(method, path, content is null ? null : Encoding.UTF8.GetBytes(content), type, accept);

    public async Task<Answer> SendAsync(HttpMethod method, string path, byte[]? content, string? type, string? accept)
    {
        using var request = new HttpRequestMessage(method, path);
        if (accept is not null) request.Headers.TryAddWithoutValidation("Accept", accept);
        if (content is not null) request.Content = new ByteArrayContent(content);
        if (type is not null) request.Content!.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        using var response = await Client.SendAsync(request, TestContext.Current.CancellationToken);
        return await Answer.ReadAsync(response);
    }

    public static string UriQuery((string Name, string Value)[] options) =>
        options.Length == 0 ? "" : "?" + string.Join('&', options.Select(option => $"{option.Name}={Uri.EscapeDataString(option.Value)}"));

    /// <summary>As a browser writes a form, with <c>+</c> for a space.</summary>
    public static string FormQuery((string Name, string Value)[] options) =>
        UriQuery(options).TrimStart('?').Replace("%20", "+", StringComparison.Ordinal);

    protected override void ConfigureWebHost(IWebHostBuilder builder)
    {
        foreach (var (name, value) in settings) builder.UseSetting(name, value);
        builder.UseSetting("quiet", "true");
        builder.UseSetting("urls", "http://127.0.0.1:0");
        builder.UseSetting("Logging:LogLevel:Default", "Warning");
        builder.ConfigureTestServices(services => services.AddSingleton<TimeProvider>(Time));
    }
}
