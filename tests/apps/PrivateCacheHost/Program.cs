using System.Net;
using HttpQuery;
using Microsoft.AspNetCore.Http.Features;

// What comes in is sent through an HttpClient with a private cache, with method, path, fields and content as they are, and what comes back is the answer.
var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.ClearProviders();
builder.WebHost.ConfigureKestrel(kestrel => kestrel.AddServerHeader = false);
var origin = builder.Configuration["origin"] ?? throw new InvalidOperationException("Say where to forward to: --origin http://127.0.0.1:18000");
var app = builder.Build();

var transport = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, AutomaticDecompression = DecompressionMethods.None, PooledConnectionLifetime = TimeSpan.FromMinutes(1) };
using var http = new HttpMessageInvoker(new QueryCacheHandler { InnerHandler = transport });

app.Run(async context =>
{
    var incoming = context.Request;
    var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
    using var request = new HttpRequestMessage(new(incoming.Method), new Uri(origin + target, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
    if (context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true })
    {
        var content = new MemoryStream();
        await incoming.Body.CopyToAsync(content);
        request.Content = new ByteArrayContent(content.ToArray());
    }
    foreach (var (name, lines) in incoming.Headers)
    {
        if (name is "Host" or "Connection" or "Transfer-Encoding" or "Content-Length" or "Keep-Alive") continue;
        if (!request.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)lines)) request.Content?.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)lines);
    }

    using var response = await http.SendAsync(request, context.RequestAborted);
    context.Response.StatusCode = (int)response.StatusCode;
    foreach (var (name, values) in response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated))
    {
        if (name is not ("Connection" or "Transfer-Encoding" or "Keep-Alive")) context.Response.Headers.Append(name, values.ToArray());
    }
    if (incoming.Method is "HEAD" || context.Response.StatusCode is 204 or 304) return;
    await response.Content.CopyToAsync(context.Response.Body, context.RequestAborted);
});
app.Run();
