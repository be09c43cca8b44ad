using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace HttpQuery.Tests.SharedCache;

/// <summary>The key of a resource (docs/cache-key.md §9) against the paths that Kestrel really makes of targets.</summary>
public partial class ResourceKeyTests
{
    private const int Batch = 500;

    private static readonly string[] Pieces =
    [
        "/", "/", "/", "a", "A", "%61", "%41", ".", ".", "..", "%2e", "%2E%2e", "%2F", "%2f", "%252F", "%252f", "%25", "%", "2", "F", "\\", "%5C", ";",
        "%C3%89", "%c3%a9", "%C3", "%89", "%a9", "%FF", "%ff", "%25FF", "%E2%84%AA", "k", "%F0%90%90%80", "%F0%90%90%A8", "%252e%252e", "//", "%C0%AE", "%ED%A0%80",
    ];

    [Fact]
    public async Task Targets_that_routing_takes_for_one_path_have_one_key()
    {
        await using var server = await QueryServer.StartAsync(app => app.Run(context =>
        {
            // A length, so that no chunk ends within the path.
            var path = $"<{Convert.ToBase64String(Encoding.Unicode.GetBytes(context.Request.Path.Value!))}>";
            context.Response.ContentLength = path.Length;
            return context.Response.WriteAsync(path);
        }));
        var random = new Random(9111);
        var found = new Dictionary<string, (string Target, QueryCacheKey Key)>(StringComparer.OrdinalIgnoreCase);
        var met = 0;
        for (var i = 0; i < 4 * TestScale.Cases / Batch; i++)
        {
            var targets = Enumerable.Range(0, Batch).Select(_ => "/" + string.Concat(Enumerable.Range(0, random.Next(7)).Select(_ => Pieces[random.Next(Pieces.Length)]))).ToArray();
            var requests = targets.Select((target, place) => $"GET {target} HTTP/1.1\r\nHost: a.test\r\n{(place == Batch - 1 ? "Connection: close\r\n" : "")}\r\n");
            var response = await RawHttp.SendAsync(server.Port, string.Concat(requests));
            var paths = Path().Matches(response.Text).Select(match => Encoding.Unicode.GetString(Convert.FromBase64String(match.Groups[1].Value))).ToArray();
            Assert.Equal(Batch, paths.Length);

            foreach (var (target, path) in targets.Zip(paths))
            {
                // Routing ignores a slash at the end, and the case of literals.
                var seen = path.Length > 1 && path.EndsWith('/') ? path[..^1] : path;
                var key = QueryCacheKey.FromResource("http", "a.test", target);
                if (found.TryAdd(seen, (target, key))) continue;
                Assert.True(found[seen].Key == key, $"{target} and {found[seen].Target} are {seen}");
                met++;
            }
        }
        Assert.InRange(met, TestScale.Cases, 4 * TestScale.Cases);
    }

    [GeneratedRegex("<([^>]*)>")]
    private static partial Regex Path();
}
