using System.Globalization;
using System.Net;
using HttpQuery.Tests.Shared;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace HttpQuery.Client.Tests.PrivateCache;

/// <summary>Random stacks of handlers, users and responses: no cached response is for another user or host, or older than an invalidation.</summary>
public sealed class QueryCacheHandlerModelTests
{
    private const int Steps = 30;

    private static readonly string[] Lifetimes =
    [
        "private, max-age=60", "max-age=60", "max-age=0", "max-age=10, stale-while-revalidate=600", "private, max-age=10, stale-if-error=600", "public, max-age=60", "public, max-age=10, stale-while-revalidate=600", "no-store",
    ];

    private static CancellationToken Test => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_user_reads_the_response_of_another()
    {
        for (var seed = 0; seed < (TestScale.IsFull ? 4_000 : TestScale.Cases / 7); seed++)
        {
            using var world = new World(new(seed));
            for (var step = 0; step < Steps; step++)
            {
                var problem = await world.StepAsync();
                if (problem is not null) Assert.Fail($"Seed {seed}, step {step}, {world.Description}: {problem}\n{world.History}");
            }
        }
    }

    /// <summary>A response of the origin.</summary>
    private sealed record Answer(int Number, string? User, string Server, string Host, string Target, string? Language, bool IsPublic, bool IsVaried);

    private sealed class World : IDisposable
    {
        private readonly Random _random;
        private readonly FakeTimeProvider _time = new(new(2026, 11, 26, 0, 0, 0, TimeSpan.Zero));
        private readonly ServiceProvider _services;
        private readonly HttpClient _client;
        private readonly List<Answer> _answers = [];
        private readonly List<string> _history = [];
        private readonly Dictionary<string, int> _invalid = [];
        private readonly bool _isBelow;
        private bool _wasSignedIn;

        public World(Random random)
        {
            _random = random;
            var kinds = Enum.GetValues<CredentialHandlerKind>();
            CredentialHandlerKind[] handlers = [.. Enumerable.Range(0, random.Next(1, 3)).Select(_ => kinds[random.Next(kinds.Length)])];
            var place = random.Next(handlers.Length + 1);
            _isBelow = place < handlers.Length;
            Description = $"{string.Join(" > ", handlers.Take(place).Select(kind => $"{kind}").Append("cache").Concat(handlers.Skip(place).Select(kind => $"{kind}")))}";

            var services = new ServiceCollection();
            services.AddSingleton<TimeProvider>(_time);
            var client = services.AddHttpClient("api").ConfigurePrimaryHttpMessageHandler(() => new StubHandler(Reply));
            for (var i = 0; i <= handlers.Length; i++)
            {
                if (i == place) client.AddQueryCache(options => options.CredentialHeaders.Add("X-Api-Key"));
                if (i == handlers.Length) break;
                var kind = handlers[i];
                client.AddHttpMessageHandler(() => new CredentialHandler(kind));
            }
            _services = services.BuildServiceProvider();
            _client = _services.GetRequiredService<IHttpClientFactory>().CreateClient("api");
        }

        public string Description { get; }
        public string History => string.Join("\n", _history);

        public async Task<string?> StepAsync()
        {
            _time.Advance(TimeSpan.FromSeconds(_random.Next(4) == 0 ? 20 : 1));
            var user = CredentialHandler.User = _random.Next(3) switch { 0 => "ann", 1 => "bob", _ => null };
            var (server, host, target) = (_random.Next(2) == 0 ? "one" : "two", _random.Next(4) == 0 ? "shared" : null, _random.Next(2) == 0 ? "/x" : "/y");
            var language = _random.Next(3) == 0 ? "de" : null;
            var isUnsafe = _random.Next(8) == 0;
            using var request = new HttpRequestMessage(isUnsafe ? HttpMethod.Post : _random.Next(2) == 0 ? HttpMethod.Get : HttpMethod.Query, $"http://{server}{target}");
            request.Headers.Host = host;
            if (request.Method != HttpMethod.Get) request.Content = Wire.Content("application/json", "{}");
            if (language is not null) request.Headers.TryAddWithoutValidation("Accept-Language", language);

            var (before, wasSignedIn) = (_answers.Count, _wasSignedIn);
            HttpResponseMessage response;
            try
            {
                response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Test);
            }
            catch (HttpRequestException)
            {
                return null;
            }
            using var _ = response;
            if (isUnsafe)
            {
                foreach (var name in new[] { server, host ?? server }) _invalid[name + target] = before;
                return null;
            }

            // Some callers read nothing, some half, and some change the request meanwhile.
            var reading = _random.Next(8);
            _history.Add($"{request.Method} http://{server}{target} {host} {language} by {user ?? "visitor"}: {response.Headers.CacheControl}, reading {reading}, answers {before} to {_answers.Count}");
            if (reading == 0) return null;
            if (reading == 1) request.Headers.Authorization = new("Bearer", "bob");
            if (response.StatusCode is not HttpStatusCode.OK) return null;
            var stream = await response.Content.ReadAsStreamAsync(Test);
            if (reading == 2)
            {
                stream.ReadByte();
                return null;
            }
            using var reader = new StreamReader(stream);
            var answer = _answers[int.Parse(await reader.ReadToEndAsync(Test), CultureInfo.InvariantCulture)];

            // A response of this step came through the handlers, which know the user.
            if (answer.Number >= before) return null;
            if (answer.Number < _invalid.GetValueOrDefault((host ?? server) + target)) return $"{answer} is older than an unsafe request";
            if (answer.Server != server || answer.Host != (host ?? server) || answer.Target != target) return $"{answer} is not of {server} {host} {target}";
            if (answer.IsVaried && answer.Language != language) return $"{answer} is not for {language}";
            if (answer.User == user || answer.IsPublic) return null;

            // Until the cache has seen a credential below, a user and a visitor look alike.
            return _isBelow && !wasSignedIn && answer.User is null ? null : $"{answer} was served to {user ?? "visitor"}";
        }

        public void Dispose()
        {
            _client.Dispose();
            _services.Dispose();
        }

        private HttpResponseMessage Reply(HttpRequestMessage request)
        {
            var user = request.Headers.Authorization?.Parameter ?? One("X-Api-Key")?.Split(',')[0] ?? One("Cookie")?.Split([',', ';'])[0]["user=".Length..];
            if (request.Method != HttpMethod.Post && user is not null) _wasSignedIn = true;
            if (request.Method == HttpMethod.Post)
            {
                _answers.Add(new(_answers.Count, user, "", "", "", null, false, false));
                return new(HttpStatusCode.OK) { RequestMessage = request };
            }
            switch (_random.Next(12))
            {
                case 0: return new(HttpStatusCode.ServiceUnavailable) { RequestMessage = request };
                case 1: throw new HttpRequestException("down");
            }

            // One version tag for all users.
            var lifetime = Lifetimes[_random.Next(Lifetimes.Length)];
            var response = new HttpResponseMessage { RequestMessage = request };
            response.Headers.TryAddWithoutValidation("Cache-Control", lifetime);
            response.Headers.TryAddWithoutValidation("ETag", "\"1\"");
            var isVaried = _random.Next(3) == 0;
            if (isVaried) response.Headers.TryAddWithoutValidation("Vary", "Accept-Language");
            if (One("If-None-Match") is not null && !lifetime.StartsWith("public", StringComparison.Ordinal))
            {
                response.StatusCode = HttpStatusCode.NotModified;
                return response;
            }

            var uri = request.RequestUri!;
            var isPublic = lifetime.StartsWith("public", StringComparison.Ordinal);
            _answers.Add(new(_answers.Count, user, uri.Host, request.Headers.Host ?? uri.Host, uri.AbsolutePath, One("Accept-Language"), isPublic, isVaried));
            response.Content = new StringContent(_answers[^1].Number.ToString(CultureInfo.InvariantCulture));
            return response;

            string? One(string name) => request.Headers.NonValidated.TryGetValues(name, out var values) ? values.ToString() : null;
        }
    }
}
