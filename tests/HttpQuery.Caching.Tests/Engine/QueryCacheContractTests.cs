using System.Collections.Concurrent;
using System.Text;
using HttpQuery.Caching.Adapters;
using HttpQuery.Caching.Engine;
using HttpQuery.Caching.Headers;
using HttpQuery.Tests.Contracts;

namespace HttpQuery.Caching.Tests.Engine;

/// <summary>The contract of all caches, for the engine and the adapter kit alone.</summary>
public sealed class QueryCacheContractTests : CacheContractTests
{
    protected override Task<ICacheContractHost> StartAsync() => Task.FromResult<ICacheContractHost>(new EngineHost());

    private sealed class EngineHost : ICacheContractHost
    {
        private readonly ConcurrentQueue<OriginRequest> _received = new();
        private readonly FakeTimeProvider _clock = new(Message.Received);
        private readonly QueryCache _cache;

        public EngineHost() => _cache = new(new() { AddCacheStatus = true, MaximumResponseLength = 1000, Rules = Message.Shared }, new MemoryCacheStore(timeProvider: _clock), _clock);

        public Func<OriginRequest, Task<OriginResponse>> Origin { get; set; } = null!;

        public IReadOnlyList<OriginRequest> Received => [.. _received];

        public bool RevalidatesForHead => true;

        public void Advance(TimeSpan time) => _clock.Advance(time);

        public async Task<ContractResponse?> SendAsync(ContractRequest request) => await SendAsync(
            new CacheRequest
            {
                Method = request.Method,
                Scheme = "http",
                Authority = request.Authority,
                Target = request.Target,
                Headers = new HeaderCollection(HeadersOf(request).Select(Message.Line)),
                Content = new(Encoding.Latin1.GetBytes(request.Content ?? "")),
                User = UserOf(request.User),
            });

        public ValueTask DisposeAsync() => default;

        private static string[] HeadersOf(ContractRequest request) => request.Content is null || request.Headers.Contains("Transfer-Encoding: chunked")
            ? request.Headers
            : [.. request.Headers, $"Content-Length: {request.Content.Length}"];

        private static byte[] UserOf(string[] user)
        {
            if (user.Length == 0) return [];
            using var digest = new IdentityDigest();
            digest.Add(user.Length);
            foreach (var part in user) digest.Add(part);
            return digest.Complete();
        }

        private async Task<ContractResponse> SendAsync(CacheRequest request)
        {
            var headers = new Headers((HeaderCollection)request.Headers);
            using var transaction = await RequestDriver.BeginAsync(_cache, request);
            if (transaction.Action is CacheAction.Refuse) return new(504, HeaderLines.Join([("Cache-Status", transaction.StatusValue(default).ToString())]), "");
            if (transaction.Action is CacheAction.Serve)
            {
                if (transaction.TryBeginRevalidation()) _ = RevalidateAsync(request, transaction);
                return Served(transaction);
            }

            if (transaction.Action is CacheAction.Validate) ConditionHeaders.Replace(headers, transaction.Conditions);
            while (true)
            {
                var answer = await ForwardAsync(request, headers);
                ConditionHeaders.Restore(headers, request.Headers);
                if (answer == OriginResponse.Unreachable && !transaction.IsSafe) await transaction.InvalidateTargetAsync();
                if (answer == OriginResponse.Unreachable) return await transaction.TryServeInsteadAsync() ? Served(transaction) : ContractResponse.Failed;
                switch (await transaction.ReceiveAsync(answer.Status, FieldsOf(answer)))
                {
                    case CacheHead.Serve:
                        return Served(transaction);
                    case CacheHead.Resend:
                        continue;
                    case CacheHead.Capture when answer.IsCut:
                        return ContractResponse.Failed;
                    case CacheHead.Capture:
                        // The headers go out before the content is whole.
                        var response = Forwarded(answer, transaction);
                        await transaction.CompleteAsync(Encoding.Latin1.GetBytes(answer.Content));
                        return response;
                    default:
                        return answer.IsCut ? ContractResponse.Failed : Forwarded(answer, transaction);
                }
            }
        }

        private async Task RevalidateAsync(CacheRequest request, RequestDriver stale)
        {
            await Task.Yield();
            var content = BackgroundRequest.GetContent(request);
            await SendAsync(new CacheRequest
            {
                Method = BackgroundRequest.GetMethod(request.Method),
                Scheme = request.Scheme,
                Authority = request.Authority,
                Target = request.Target,
                Headers = new HeaderCollection(BackgroundRequest.GetHeaders((HeaderCollection)request.Headers, content.Length)),
                Content = new(content),
                User = request.User,
                IsBackground = true,
            });
            stale.EndRevalidation();
        }

        private Task<OriginResponse> ForwardAsync(CacheRequest request, Headers headers)
        {
            var received = new OriginRequest(request.Method, request.Authority, request.Target, HeaderLines.Join(headers.Lines), Encoding.Latin1.GetString(System.Buffers.BuffersExtensions.ToArray(request.Content!.Value)));
            _received.Enqueue(received);
            return Origin(received);
        }

        private static HeaderCollection FieldsOf(OriginResponse answer) =>
            new(answer.Headers.Concat(answer.IsChunked || answer.Status is 304 ? [] : [$"Content-Length: {answer.Content.Length}"]).Select(Message.Line));

        private static ContractResponse Forwarded(OriginResponse answer, RequestDriver transaction)
        {
            var fields = FieldsOf(answer);
            var headers = fields.Where(header => header.Key is not "Cache-Status").Select(Line).Append(("Cache-Status", Text(transaction.StatusValue(fields["Cache-Status"]))));
            return new(answer.Status, HeaderLines.Join(headers), answer.Content);
        }

        private static ContractResponse Served(RequestDriver transaction)
        {
            var answer = transaction.Answer();
            var headers = answer.Headers.Select(Line).Append(("Content-Length", $"{answer.ContentLength}"));
            return new(answer.Status, HeaderLines.Join(headers), Encoding.Latin1.GetString(answer.Content.Span));
        }

        private static (string Name, string Value) Line(KeyValuePair<string, StringValues> header) => (header.Key, Text(header.Value));

        private static string Text(StringValues lines) => string.Join(", ", lines.ToArray());
    }

    private sealed class Headers(HeaderCollection fields) : IRequestHeaders
    {
        private readonly Dictionary<string, StringValues> _headers = new(fields.ToDictionary(), StringComparer.OrdinalIgnoreCase);

        public IEnumerable<(string Name, string Value)> Lines => _headers.Select(header => (header.Key, header.Value.ToString()));

        public StringValues this[string name] => _headers.GetValueOrDefault(name);

        public void Set(string name, StringValues lines)
        {
            if (lines.Count == 0) _headers.Remove(name);
            else _headers[name] = lines;
        }
    }
}
