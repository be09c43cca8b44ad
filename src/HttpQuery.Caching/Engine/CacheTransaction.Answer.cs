using System.Globalization;
using Microsoft.Extensions.Primitives;

namespace HttpQuery.Caching;

// What is sent from the store.
public sealed partial class CacheTransaction
{
    private const int MaximumRanges = 16;

    /// <summary>The answer out of the cache, where <see cref="Action"/>, <see cref="ReceiveAsync"/> or <see cref="TryServeInsteadAsync"/> says that there is one.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public CachedAnswer Answer()
    {
        if (_stored is not { } stored) throw new InvalidOperationException("The request is not answered out of the cache.");
        var now = Now(_cache);
        var response = stored.Response;
        var fields = new List<KeyValuePair<string, StringValues>>(response.Fields.Count + 3);
        fields.AddRange(stored.SentFields);
        fields.Add(new("Age", ((long)response.CurrentAge(now).TotalSeconds).ToString(CultureInfo.InvariantCulture)));
        if (StatusValue(response.Fields[CacheStatus.FieldName]) is { Count: > 0 } status) fields.Add(new(CacheStatus.FieldName, status));

        if ((_isHit ? _conditional : ValidationRules.Answer(_request.Fields, response, now)) is ConditionalAnswer.NotModified)
        {
            fields.RemoveAll(field => ValidationRules.IsOfContent(field.Key) || Is(field.Key, "Content-Language"));
            return new(304, fields, default, null);
        }
        if (_request.Method is "HEAD") return new(response.Status, fields, default, stored.Content.Length);
        return InPart(stored, fields, now) ?? new(response.Status, fields, stored.Content, stored.Content.Length);
    }

    // One range; what asks for several gets all (RFC 9110 §14.2 leaves that open).
    private CachedAnswer? InPart(CachedResponse stored, List<KeyValuePair<string, StringValues>> fields, DateTimeOffset now)
    {
        var (response, range) = (stored.Response, _request.Fields["Range"]);
        if (range.Count != 1 || response.Status != 200 || range[0].AsSpan().Count(',') >= MaximumRanges) return null;
        if (!Preconditions.IfRange(_request.Fields["If-Range"].ToArray(), response.EntityTag, response.LastModified, now)) return null;

        var length = stored.Content.Length;
        switch (ByteRangeSet.Resolve(range[0], length, MaximumRanges, out var ranges))
        {
            case ByteRangeOutcome.Satisfiable when ranges is [var only]:
                fields.Add(new("Content-Range", string.Create(CultureInfo.InvariantCulture, $"bytes {only.First}-{only.Last}/{length}")));
                return new(206, fields, stored.Content.Slice((int)only.First, (int)only.Length), only.Length);
            case ByteRangeOutcome.Unsatisfiable:
                fields.RemoveAll(field => ValidationRules.IsOfContent(field.Key));
                fields.Add(new("Content-Range", string.Create(CultureInfo.InvariantCulture, $"bytes */{length}")));
                return new(416, fields, default, 0);
            default:
                return null;
        }
    }

    private static bool Is(string name, string other) => name.Equals(other, StringComparison.OrdinalIgnoreCase);
}
