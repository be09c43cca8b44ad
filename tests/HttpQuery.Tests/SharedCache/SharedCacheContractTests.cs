using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Claims;
using System.Text;
using HttpQuery.Tests.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace HttpQuery.Tests.SharedCache;

/// <summary>The contract of all caches, for the shared one on Kestrel: the endpoint is the origin.</summary>
public sealed class SharedCacheContractTests : CacheContractTests
{
    protected override Task<ICacheContractHost> StartAsync() => ServerHost.StartAsync();

    private sealed class ServerHost : ICacheContractHost
    {
        private const string UserHeader = "Test-User";

        private readonly ConcurrentQueue<OriginRequest> _received = new();
        private CachedServer _server = null!;

        public Func<OriginRequest, Task<OriginResponse>> Origin { get; set; } = null!;

        public IReadOnlyList<OriginRequest> Received => [.. _received];

        // HEAD may have an endpoint of its own.
        public bool RevalidatesForHead => false;

        public static async Task<ICacheContractHost> StartAsync()
        {
            var host = new ServerHost();
            host._server = await CachedServer.StartAsync(
                app => app.Map("/{**path}", host.AnswerAsync), options => options.MaximumResponseLength = 1000, before: app => app.Use(SignIn), plain: true);
            return host;
        }

        public void Advance(TimeSpan time) => _server.Clock.Advance(time);

        public async Task<ContractResponse?> SendAsync(ContractRequest request)
        {
            List<string> lines = [$"{request.Method} {request.Target} HTTP/1.1", $"Host: {request.Authority}", "Connection: close", .. request.Headers];
            if (request.User.Length > 0) lines.Add($"{UserHeader}: {string.Join(',', request.User.Select(Write))}");
            var content = request.Content;
            if (lines.Contains("Transfer-Encoding: chunked")) content = $"{content!.Length:x}\r\n{content}\r\n0\r\n\r\n";
            else if (content is not null) lines.Add($"Content-Length: {content.Length}");
            try
            {
                var response = await RawHttp.SendAsync(_server.Port, string.Join("\r\n", lines) + "\r\n\r\n" + content);
                var headers = HeaderLines.Join(response.Fields);
                var isCut = request.Method is not "HEAD" && response.Status is not 304 && response["Content-Length"] is { } length && length != $"{response.Content.Length}";
                return isCut ? ContractResponse.Failed : new(response.Status, headers, Encoding.Latin1.GetString(response.Content));
            }
            catch (Exception exception) when (exception is InvalidDataException or IOException or ArgumentException)
            {
                return ContractResponse.Failed;
            }
        }

        public ValueTask DisposeAsync() => _server.DisposeAsync();

        private static Task SignIn(HttpContext context, RequestDelegate next)
        {
            if (context.Request.Headers[UserHeader] is [{ } user])
            {
                var parts = user.Split(',').Select(Read).ToArray();
                context.User = new(new ClaimsIdentity([new(parts[0], parts[^1])], $"{parts.Length}"));
                context.Request.Headers.Remove(UserHeader);
            }
            return next(context);
        }

        // Encodings make all halves of surrogate pairs equal.
        private static string Write(string text) => string.Concat(text.Select(unit => $"{(int)unit:X4}"));

        private static string Read(string hex) => string.Concat(hex.Chunk(4).Select(unit => (char)int.Parse(unit, NumberStyles.HexNumber, CultureInfo.InvariantCulture)));

        private async Task AnswerAsync(HttpContext context)
        {
            using var content = new MemoryStream();
            await context.Request.Body.CopyToAsync(content);
            var headers = context.Request.Headers;
            var request = new OriginRequest(
                context.Request.Method,
                headers.Host.ToString(),
                context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget,
                headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
                Encoding.Latin1.GetString(content.ToArray()));
            _received.Enqueue(request);

            var answer = await Origin(request);
            if (answer == OriginResponse.Unreachable) throw new IOException("The origin cannot be reached.");
            context.Response.StatusCode = answer.Status;
            foreach (var (name, value) in answer.Headers.Select(HeaderLines.Parse)) context.Response.Headers.Append(name, value);
            var octets = Encoding.Latin1.GetBytes(answer.Content);
            if (!answer.IsChunked && answer.Status is not 304) context.Response.ContentLength = octets.Length;
            if (request.Method is "HEAD") return;
            await context.Response.Body.WriteAsync(octets.AsMemory(0, answer.IsCut ? octets.Length / 2 : octets.Length));
            if (!answer.IsCut) return;
            await context.Response.Body.FlushAsync();
            context.Abort();
        }
    }
}
