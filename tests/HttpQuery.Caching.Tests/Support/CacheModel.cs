using System.Globalization;
using System.Text;
using HttpQuery.CacheKeys;
using HttpQuery.Caching.Engine;
using HttpQuery.Caching.Headers;

namespace HttpQuery.Caching.Tests.Support;

/// <summary>A cache beside a small model of what it may serve: requests, answers and changes in any order.</summary>
/// <remarks>The origin tells apart all spellings of a target, an authority and a content that was not declared equal, and the users, whenever they become known: before the cache, behind it before the
/// first byte, after it, in vain, or by a credential that no one has verified. Its entity tags are versions: two users have the same one for different answers.</remarks>
internal sealed class CacheModel(Random random, Func<CacheRuleOptions, IQueryCacheStore>? store = null)
{
    // Two resources and their spellings; users of the second become known behind the cache.
    private static readonly string[][] Targets = [["/0", "/%30", "/x/../0", "//0", "/0/"], ["/late", "/LATE", "/l%61te"]];
    private static readonly string[] Authorities = ["A.test", "a.test:443", "a.test."];
    private static readonly string[] Contents = ["""{"q":1}""", """{ "q" : 1 }""", """{"q":2}"""];
    private static readonly string[] Types = ["application/json", "application/json", "application/json", "application/json", "application/json", "text/plain"];
    private static readonly string[] Directives = ["", "", "", "", "", "", "", "no-cache", "no-store", "max-age=5", "min-fresh=20", "max-stale=10", "only-if-cached", "no-transform"];
    private static readonly string[] Rules = ["max-age=30", "max-age=30", "max-age=30", "max-age=5", "max-age=5, s-maxage=30", "public, max-age=30", "public, max-age=5, stale-if-error=20", "no-store, max-age=30", "private, max-age=30", "no-cache, max-age=30", "max-age=5, stale-if-error=20", "max-age=5, stale-while-revalidate=20"];
    private static readonly string[] Varies = ["", "", "", "X-A", "X-B", "X-A, X-B", "*"];

    private readonly bool _isShared = random.Next(2) == 0;
    private readonly Dictionary<int, int> _versions = [];
    private readonly Dictionary<string, Made> _made = [];
    private readonly List<(RequestDriver Transaction, Asked Asked)> _slow = [];
    private CacheHost? _host;

    public int Served { get; private set; }

    public int Validated { get; private set; }

    /// <summary>Answers out of the cache where the user was known late, or only by an unverified credential.</summary>
    public int Shared { get; private set; }

    private CacheRuleOptions CacheRules => _isShared ? Message.Shared : Message.Private;

    private CacheHost Host => _host ??= new(new() { CollapseTimeout = TimeSpan.Zero, Rules = CacheRules }, store is null ? null : _ => store(CacheRules));

    public async Task StepAsync()
    {
        if (random.Next(8) == 0) Host.Time.Advance(TimeSpan.FromSeconds(random.Next(8)));
        if (_slow.Count > 0 && random.Next(4) == 0)
        {
            var slow = _slow[random.Next(_slow.Count)];
            _slow.Remove(slow);
            await FinishAsync(slow.Transaction, slow.Asked);
            return;
        }

        var asked = Ask();
        var transaction = await Host.BeginAsync(asked.Request);
        if (transaction.Action is CacheAction.Serve) Check(transaction.Answer(), asked, isFailure: false);
        else if (transaction.Action is CacheAction.Refuse) Assert.Equal("only-if-cached", asked.Directive);
        else if (random.Next(4) == 0) _slow.Add((transaction, asked));
        else await FinishAsync(transaction, asked);
    }

    private T Any<T>(T[] values) => values[random.Next(values.Length)];

    private Asked Ask()
    {
        var method = random.Next(40) switch { 0 => "POST", 1 => "PUT", < 4 => "HEAD", < 16 => "GET", _ => "QUERY" };
        var (content, type, directive) = (method is "QUERY" ? Any(Contents) : "", method is "QUERY" ? Any(Types) : "", Any(Directives));
        var (resource, user) = (random.Next(2), Any(["", "", "carl", "dora"]));
        var isLate = resource == 1;
        var isUnverified = _isShared && user.Length > 0 && !isLate && random.Next(2) == 0;
        var lines = new List<string> { $"X-A: {random.Next(2)}", $"X-B: {random.Next(4) / 3}" };
        if (type.Length > 0) lines.Add($"Content-Type: {type}");
        if (directive.Length > 0) lines.Add($"Cache-Control: {directive}");
        if (isUnverified) lines.Add($"Authorization: {user}");

        // In a private cache the user is the partition, in a shared one there are both.
        var known = Encoding.UTF8.GetBytes(isLate || isUnverified ? "" : user);
        var request = new CacheRequest
        {
            Method = method,
            Scheme = "https",
            Authority = random.Next(10) > 0 ? "a.test" : Any(Authorities),
            Target = random.Next(10) > 0 ? Targets[resource][0] : Any(Targets[resource]),
            Headers = Message.Headers([.. lines]),
            Content = new(Encoding.UTF8.GetBytes(content)),
            Normalizations = random.Next(6) == 0 ? QueryNormalizations.None : QueryNormalizations.JsonSpelling,
            Partition = _isShared ? Encoding.UTF8.GetBytes(Any(["anna", "anna", "anna", "bert"])) : known,
            User = _isShared ? known : default,
        };
        return new(request, resource, content, type, directive, user, isLate, isUnverified, _versions.GetValueOrDefault(resource));
    }

    private async Task FinishAsync(RequestDriver transaction, Asked asked)
    {
        using var _ = transaction;
        if (asked.Method is "POST" or "PUT")
        {
            var status = Any([200, 204, 303, 400, 500]);
            Assert.Equal(CacheHead.Pass, await transaction.ReceiveAsync(status, HeaderCollection.Empty));
            if (status < 400) _versions[asked.Resource] = _versions.GetValueOrDefault(asked.Resource) + 1;
            return;
        }

        // The endpoint asks who the user is, before the first byte or after it, also in vain.
        var isEarly = asked.IsLate && random.Next(2) == 0;
        if (isEarly) transaction.ReportUnknownUser();
        var (rule, vary, tag) = (Any(Rules), Any(Varies), $"\"v{_versions.GetValueOrDefault(asked.Resource)}\"");
        if (transaction.Action is CacheAction.Validate && transaction.Conditions.IfNoneMatch == tag && random.Next(2) == 0)
        {
            // The origin says that the version is the same still; for another user that may be another answer. A 304 has no first byte: it ends before it is used.
            if (asked.IsLate) transaction.ReportUnknownUser();
            var isStillPublic = random.Next(3) > 0;
            var head = await transaction.ReceiveAsync(304, isStillPublic ? Message.Headers($"ETag: {tag}") : Message.Headers($"ETag: {tag}", "Cache-Control: max-age=5"));
            if (head is CacheHead.Serve)
            {
                var number = NumberOf(transaction.Answer());
                var before = _made[number];
                AssertSame(before, asked, isStillPublic ? RuleOf(transaction.Answer()) : before.Rule);
                Assert.False(asked.IsLate, "A 304 for a user who became known behind the cache is no answer of what was stored.");
                _made[number] = before with { Received = Host.Time.GetUtcNow(), Version = asked.Version };
                Validated++;
                return;
            }
            Assert.Equal(CacheHead.Resend, head);
        }

        var made = new Made(asked, Any([200, 200, 200, 404, 503]), rule, vary, Host.Time.GetUtcNow(), asked.Version);
        var name = _made.Count.ToString(CultureInfo.InvariantCulture);
        switch (await transaction.ReceiveAsync(made.Status, [.. Headers(rule, vary, tag), new("X-Number", name)]))
        {
            case CacheHead.Serve:
                Assert.False(isEarly, "Something stale stood in for a user who became known behind the cache.");
                Check(transaction.Answer(), asked, isFailure: true);
                break;
            case CacheHead.Capture:
                _made[name] = made;
                if (asked.IsLate && !isEarly) transaction.ReportUnknownUser();

                // Some clients stop reading.
                if (random.Next(10) > 0) await transaction.CompleteAsync(Encoding.UTF8.GetBytes(name));
                break;
        }
    }

    private static HeaderCollection Headers(string rule, string vary, string tag) =>
        Message.Headers(vary.Length > 0 ? [$"Cache-Control: {rule}", $"ETag: {tag}", $"Vary: {vary}"] : [$"Cache-Control: {rule}", $"ETag: {tag}"]);

    private static string NumberOf(CachedAnswer answer) => answer.Headers.Single(field => field.Key is "X-Number").Value.ToString();

    // What the answer says of itself: a 304 may have changed it.
    private static string RuleOf(CachedAnswer answer) => answer.Headers.Single(field => field.Key is "Cache-Control").Value.ToString();

    private void Check(CachedAnswer answer, Asked asked, bool isFailure)
    {
        Served++;
        if (asked.IsLate || asked.IsUnverified) Shared++;
        var number = NumberOf(answer);
        var (made, rule) = (_made[number], RuleOf(answer));
        if (asked.Request.Method is not "HEAD") Assert.Equal(number, Encoding.UTF8.GetString(answer.Content.Span));
        AssertSame(made, asked, rule);
        Assert.True(made.Version >= asked.Version, "It is older than an unsafe request.");

        Assert.DoesNotContain("no-store", rule + made.Asked.Directive, StringComparison.Ordinal);
        Assert.False(_isShared && rule.StartsWith("private", StringComparison.Ordinal));
        Assert.DoesNotContain("no-cache", rule + asked.Directive, StringComparison.Ordinal);
        Assert.NotEqual("*", made.Vary);

        var age = (Host.Time.GetUtcNow() - made.Received).TotalSeconds;
        var lifetime = rule.Contains("max-age=30", StringComparison.Ordinal) || (_isShared && rule.Contains("s-maxage", StringComparison.Ordinal)) ? 30 : 5;
        var stale = rule.Contains("while-revalidate", StringComparison.Ordinal) && asked.Directive is not "max-age=5" ? 20 : 0;
        if (asked.Directive is "max-stale=10") stale = 10;
        if (isFailure && rule.Contains("if-error", StringComparison.Ordinal)) stale = 20;
        Assert.True(age <= lifetime + stale && (stale > 0 || age < lifetime), $"It is {age} s old, of {lifetime} s.");
        if (!isFailure && asked.Directive is "max-age=5") Assert.True(age <= 5);
        if (!isFailure && asked.Directive is "min-fresh=20") Assert.True(age <= lifetime - 20);
    }

    // It answers the same question, in the same bytes unless they were declared equal, of the same user.
    private void AssertSame(Made made, Asked asked, string rule)
    {
        var before = made.Asked;
        Assert.Equal((before.Method, before.Request.Authority, before.Request.Target, before.Type), (asked.Method, asked.Request.Authority, asked.Request.Target, asked.Type));
        if (_isShared) Assert.True(before.Request.Partition.Span.SequenceEqual(asked.Request.Partition.Span), "It is another partition's.");
        Assert.True(before.User == asked.User || rule.Contains("s-maxage", StringComparison.Ordinal) || rule.Contains("public", StringComparison.Ordinal), "It is another user's.");
        var isNormalized = before.IsClaimed && asked.IsClaimed && made.Status is 200;
        Assert.Equal(Normalize(before.Content, isNormalized), Normalize(asked.Content, isNormalized));
        foreach (var name in made.Vary.Split(", ", StringSplitOptions.RemoveEmptyEntries)) Assert.Equal(before.Request.Headers[name], asked.Request.Headers[name]);
    }

    private static string Normalize(string content, bool isNormalized) => isNormalized ? content.Replace(" ", "", StringComparison.Ordinal) : content;

    private sealed record Asked(CacheRequest Request, int Resource, string Content, string Type, string Directive, string User, bool IsLate, bool IsUnverified, int Version)
    {
        public string Method => Request.Method is "HEAD" ? "GET" : Request.Method;

        public bool IsClaimed => Type is "application/json" && Request.Normalizations is QueryNormalizations.JsonSpelling && Directive is not "no-transform";
    }

    private sealed record Made(Asked Asked, int Status, string Rule, string Vary, DateTimeOffset Received, int Version);
}
