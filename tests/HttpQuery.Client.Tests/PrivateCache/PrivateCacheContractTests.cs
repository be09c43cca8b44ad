using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using HttpQuery.Tests.Contracts;
using Microsoft.Extensions.Time.Testing;

namespace HttpQuery.Client.Tests.PrivateCache;

/// <summary>The contract of all caches, for the private cache on real sockets. One origin on loopback serves all hosts.</summary>
public sealed class PrivateCacheContractTests : CacheContractTests
{
    protected override Task<ICacheContractHost> StartAsync() => Task.FromResult<ICacheContractHost>(new ClientHost());

    private sealed class ClientHost : ICacheContractHost
    {
        private static readonly HttpRequestOptionsKey<string> Partition = new("partition");

        private readonly ConcurrentQueue<OriginRequest> _received = new();
        private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 11, 22, 12, 0, 0, TimeSpan.Zero));
        private readonly Origin _origin = PrivateCache.Origin.Start();
        private readonly HttpClient _client;
        private readonly Task _answering;

        public ClientHost()
        {
            var options = new PrivateCacheOptions
            {
                AddCacheStatus = true,
                MaximumResponseLength = 1000,
                Partition = message => message.Options.TryGetValue(Partition, out var partition) ? partition : null,
            };
            options.CredentialHeaders.Add("X-Api-Key");

            // Each request gets a new connection: a failed request on an old one would be sent again.
            var sockets = new SocketsHttpHandler
            {
                PooledConnectionLifetime = TimeSpan.Zero,
                UseCookies = false,
                AllowAutoRedirect = false,
                ConnectCallback = async (_, cancellationToken) =>
                {
                    var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                    await socket.ConnectAsync("127.0.0.1", _origin.Port, cancellationToken);
                    return new NetworkStream(socket, ownsSocket: true);
                },
            };
            _client = new(new QueryCacheHandler(options, _clock) { InnerHandler = sockets });
            _answering = AnswerAllAsync();
        }

        public Func<OriginRequest, Task<OriginResponse>> Origin { get; set; } = null!;

        public IReadOnlyList<OriginRequest> Received => [.. _received];

        public bool RevalidatesForHead => true;

        public void Advance(TimeSpan time) => _clock.Advance(time);

        public async Task<ContractResponse?> SendAsync(ContractRequest request)
        {
            using var message = new HttpRequestMessage(HttpMethod.Parse(request.Method), $"http://{request.Authority}{request.Target}");
            if (request.Content is not null) message.Content = new ByteArrayContent(Encoding.Latin1.GetBytes(request.Content));
            foreach (var (name, value) in request.Headers.Select(HeaderLines.Parse))
            {
                if (!message.Headers.TryAddWithoutValidation(name, value)) message.Content!.Headers.TryAddWithoutValidation(name, value);
            }
            if (request.User.Length > 0) message.Options.Set(Partition, request.User[0]);
            if (request.User.Length > 1) message.Headers.TryAddWithoutValidation("X-Api-Key", request.User[1]);
            try
            {
                using var response = await _client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead);
                var content = Encoding.Latin1.GetString(await response.Content.ReadAsByteArrayAsync());
                var headers = response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated).SelectMany(header => header.Value.Select(line => (header.Key, line)));
                return new((int)response.StatusCode, HeaderLines.Join(headers), content);
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException)
            {
                return ContractResponse.Failed;
            }
        }

        public async ValueTask DisposeAsync()
        {
            await _origin.DisposeAsync();
            await _answering;
            _client.Dispose();
        }

        private async Task AnswerAllAsync()
        {
            await foreach (var exchange in _origin.AllAsync()) _ = AnswerAsync(exchange);
        }

        private async Task AnswerAsync(Origin.Exchange exchange)
        {
            var request = Read(exchange.Request);
            _received.Enqueue(request);
            var answer = await Origin(request);
            if (answer != OriginResponse.Unreachable) await exchange.SendAsync(Encoding.Latin1.GetBytes(Write(request, answer)));
            if (answer.IsCut || answer == OriginResponse.Unreachable) exchange.Close();
        }

        private static string Write(OriginRequest request, OriginResponse answer)
        {
            var head = string.Concat(answer.Headers.Prepend($"HTTP/1.1 {answer.Status} Status").Select(line => line + "\r\n"));
            if (answer.IsChunked) head += "Transfer-Encoding: chunked\r\n";
            else if (answer.Status is not 304) head += $"Content-Length: {answer.Content.Length}\r\n";
            if (request.Method is "HEAD" || answer.Status is 304) return head + "\r\n";
            var content = answer.IsCut ? answer.Content[..(answer.Content.Length / 2)] : answer.Content;
            if (!answer.IsChunked) return $"{head}\r\n{content}";
            var chunk = content.Length == 0 ? "" : $"{content.Length:x}\r\n{content}\r\n";
            return $"{head}\r\n{chunk}{(answer.IsCut ? "" : "0\r\n\r\n")}";
        }

        private static OriginRequest Read(string text)
        {
            var end = text.IndexOf("\n\n", StringComparison.Ordinal);
            var lines = text[..end].Split('\n');
            var headers = HeaderLines.Join(lines.Skip(1).Select(HeaderLines.Parse));
            var content = text[(end + 2)..];
            if (headers.ContainsKey("Transfer-Encoding")) content = Unchunk(content);
            return new(lines[0].Split(' ')[0], headers.GetValueOrDefault("Host", ""), lines[0].Split(' ')[1], headers, content);
        }

        private static string Unchunk(string text)
        {
            var content = new StringBuilder();
            while (text.IndexOf('\n', StringComparison.Ordinal) is > 0 and var end && int.Parse(text[..end], System.Globalization.NumberStyles.HexNumber, System.Globalization.CultureInfo.InvariantCulture) is > 0 and var length)
            {
                content.Append(text, end + 1, length);
                text = text[(end + 2 + length)..];
            }
            return content.ToString();
        }
    }
}
