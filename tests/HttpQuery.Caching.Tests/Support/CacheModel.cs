using System.Globalization;
using System.Text;
using HttpQuery.CacheKeys;

namespace HttpQuery.Caching.Tests.Support;

/// <summary>A cache beside a small model of what it may serve: requests, answers and changes in any order.</summary>
internal sealed class CacheModel(Random random, Func<CacheRuleOptions, IQueryCacheStore>? store = null)
{
    private static readonly string[] Contents = ["""{"q":1}""", """{ "q" : 1 }""", """{"q":2}"""];
    private static readonly string[] Types = ["application/json", "application/json", "application/json", "application/json", "application/json", "text/plain"];
    private static readonly string[] Directives = ["", "", "", "", "", "no-cache", "no-store", "max-age=5", "min-fresh=20", "max-stale=10", "only-if-cached", "no-transform"];
    private static readonly string[] Rules = ["max-age=30", "max-age=30", "max-age=30", "max-age=5", "max-age=5, s-maxage=30", "no-store, max-age=30", "private, max-age=30", "no-cache, max-age=30", "max-age=5, stale-if-error=20", "max-age=5, stale-while-revalidate=20"];
    private static readonly string[] Varies = ["", "", "", "X-A", "X-B", "X-A, X-B", "*"];

    private readonly bool _isShared = random.Next(2) == 0;
    private readonly Dictionary<string, int> _versions = [];
    private readonly Dictionary<string, Made> _made = [];
    private readonly List<(CacheTransaction Transaction, Asked Asked)> _slow = [];
    private CacheHost? _host;

    public int Served { get; private set; }

    public int Validated { get; private set; }

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
        var transaction = await Host.Cache.BeginAsync(asked.Request);
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
        var lines = new List<string> { $"X-A: {random.Next(2)}", $"X-B: {random.Next(4) / 3}" };
        if (type.Length > 0) lines.Add($"Content-Type: {type}");
        if (directive.Length > 0) lines.Add($"Cache-Control: {directive}");
        var target = $"/{random.Next(2)}";
        var request = new CacheRequest
        {
            Method = method,
            Scheme = "https",
            Authority = "a.test",
            Target = target,
            Fields = Message.Fields([.. lines]),
            Content = Encoding.UTF8.GetBytes(content),
            Normalizations = QueryNormalizations.JsonSpelling,
            Partition = Encoding.UTF8.GetBytes(Any(["anna", "bert"])),
            User = Encoding.UTF8.GetBytes(_isShared ? Any(["", "", "carl", "dora"]) : ""),
        };
        return new(request, content, type, directive, Host.Time.GetUtcNow(), _versions.GetValueOrDefault(target));
    }

    private async Task FinishAsync(CacheTransaction transaction, Asked asked)
    {
        using var _ = transaction;
        var target = asked.Request.Target;
        if (asked.Method is "POST" or "PUT")
        {
            var status = Any([200, 204, 303, 400, 500]);
            Assert.Equal(CacheHead.Pass, await transaction.ReceiveAsync(status, StoredFields.Empty));
            if (status < 400) _versions[target] = _versions.GetValueOrDefault(target) + 1;
            return;
        }

        var (rule, vary) = (Any(Rules), Any(Varies));
        var number = _made.Count.ToString(CultureInfo.InvariantCulture);
        if (transaction.Action is CacheAction.Validate && random.Next(2) == 0)
        {
            // The origin says that it is the same still.
            var tag = transaction.Conditions.IfNoneMatch!;
            var before = _made[tag.Trim('"')];
            var now = before with { Received = Host.Time.GetUtcNow() };
            if (await transaction.ReceiveAsync(304, Fields(before.Rule, before.Vary, tag)) is not CacheHead.Serve) Assert.Fail("A 304 for what was asked is an answer.");
            Assert.Equal(tag.Trim('"'), Encoding.UTF8.GetString(transaction.Answer().Content.Span) is { Length: > 0 } text ? text : tag.Trim('"'));
            AssertSame(before, asked);
            _made[tag.Trim('"')] = now;
            Validated++;
            return;
        }

        var made = new Made(asked, Any([200, 200, 200, 404, 503]), rule, vary, Host.Time.GetUtcNow());
        switch (await transaction.ReceiveAsync(made.Status, Fields(rule, vary, $"\"{number}\"")))
        {
            case CacheHead.Serve:
                Check(transaction.Answer(), asked, isFailure: true);
                break;
            case CacheHead.Capture:
                _made[number] = made;
                if (random.Next(10) > 0) await transaction.CompleteAsync(Encoding.UTF8.GetBytes(number));
                break;
        }
    }

    private static StoredFields Fields(string rule, string vary, string tag) =>
        Message.Fields(vary.Length > 0 ? [$"Cache-Control: {rule}", $"ETag: {tag}", $"Vary: {vary}"] : [$"Cache-Control: {rule}", $"ETag: {tag}"]);

    private void Check(CachedAnswer answer, Asked asked, bool isFailure)
    {
        Served++;
        var tag = answer.Fields.Single(field => field.Key is "ETag").Value.ToString().Trim('"');
        var made = _made[tag];
        if (asked.Request.Method is not "HEAD") Assert.Equal(tag, Encoding.UTF8.GetString(answer.Content.Span));
        AssertSame(made, asked);
        Assert.True(made.Asked.Version >= asked.Version, "It is older than an unsafe request.");

        Assert.DoesNotContain("no-store", made.Rule + made.Asked.Directive, StringComparison.Ordinal);
        Assert.False(_isShared && made.Rule.StartsWith("private", StringComparison.Ordinal));
        Assert.DoesNotContain("no-cache", made.Rule + asked.Directive, StringComparison.Ordinal);
        Assert.NotEqual("*", made.Vary);

        var age = (Host.Time.GetUtcNow() - made.Received).TotalSeconds;
        var lifetime = made.Rule.Contains("max-age=30", StringComparison.Ordinal) || (_isShared && made.Rule.Contains("s-maxage", StringComparison.Ordinal)) ? 30 : 5;
        var stale = made.Rule.Contains("while-revalidate", StringComparison.Ordinal) && asked.Directive is not "max-age=5" ? 20 : 0;
        if (asked.Directive is "max-stale=10") stale = 10;
        if (isFailure && made.Rule.Contains("if-error", StringComparison.Ordinal)) stale = 20;
        Assert.True(age <= lifetime + stale && (stale > 0 || age < lifetime), $"It is {age} s old, of {lifetime} s.");
        if (!isFailure && asked.Directive is "max-age=5") Assert.True(age <= 5);
        if (!isFailure && asked.Directive is "min-fresh=20") Assert.True(age <= lifetime - 20);
    }

    // It answers the same question of the same user.
    private static void AssertSame(Made made, Asked asked)
    {
        var before = made.Asked;
        Assert.Equal((before.Method, before.Request.Target, before.Type), (asked.Method, asked.Request.Target, asked.Type));
        Assert.True(before.Request.Partition.Span.SequenceEqual(asked.Request.Partition.Span), "It is another partition's.");
        Assert.True(before.Request.User.Span.SequenceEqual(asked.Request.User.Span) || made.Rule.Contains("s-maxage", StringComparison.Ordinal), "It is another user's.");
        var isNormalized = asked.Type is "application/json" && made.Status is 200 && asked.Directive is not "no-transform";
        Assert.Equal(Normalize(before.Content, isNormalized), Normalize(asked.Content, isNormalized));
        foreach (var name in made.Vary.Split(", ", StringSplitOptions.RemoveEmptyEntries)) Assert.Equal(before.Request.Fields[name], asked.Request.Fields[name]);
    }

    private static string Normalize(string content, bool isNormalized) => isNormalized ? content.Replace(" ", "", StringComparison.Ordinal) : content;

    private sealed record Asked(CacheRequest Request, string Content, string Type, string Directive, DateTimeOffset Time, int Version)
    {
        public string Method => Request.Method is "HEAD" ? "GET" : Request.Method;
    }

    private sealed record Made(Asked Asked, int Status, string Rule, string Vary, DateTimeOffset Received);
}
