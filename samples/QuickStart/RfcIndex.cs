using System.Security.Cryptography;
using System.Text.Json;
using HttpQuery;
using Microsoft.AspNetCore.Http.HttpResults;

namespace QuickStart;

/// <summary>RFCs about HTTP, embedded in the program.</summary>
internal static class RfcIndex
{
    public const int MaximumLimit = 100;

    private static readonly byte[] Json = Read();

    /// <summary>Every entry, by number.</summary>
    public static IReadOnlyList<Rfc> All { get; } = JsonSerializer.Deserialize<Rfc[]>(Json, JsonSerializerOptions.Web)!;

    /// <summary>Changes with the entries.</summary>
    public static string Version { get; } = Convert.ToHexStringLower(SHA256.HashData(Json));

    /// <summary>The entries that fulfil <paramref name="query"/>, or 422 where it asks for what cannot be.</summary>
    public static Results<Ok<Rfc[]>, UnprocessableQuery> Search(RfcQuery query)
    {
        if (Refuse(query) is { } refusal) return refusal;

        return TypedResults.Ok(All
            .Where(rfc => query.Match is null || rfc.Title.Contains(query.Match, StringComparison.OrdinalIgnoreCase))
            .Where(rfc => query.Status is null || rfc.Status.Equals(query.Status, StringComparison.OrdinalIgnoreCase))
            .Where(rfc => query.FromYear is null || rfc.Year >= query.FromYear)
            .Take(query.Limit ?? MaximumLimit)
            .ToArray());
    }

    /// <summary>422 where <paramref name="query"/> asks for what cannot be, else <see langword="null"/>.</summary>
    public static UnprocessableQuery? Refuse(RfcQuery query)
    {
        var errors = new Dictionary<string, string[]>();
        var statuses = All.Select(rfc => rfc.Status).Distinct().Order().ToArray();
        if (query.Status is not null && !statuses.Contains(query.Status, StringComparer.OrdinalIgnoreCase))
            errors["status"] = [$"Not a status of this index. It has: {string.Join(", ", statuses)}."];
        if (query.Limit is < 1 or > MaximumLimit) errors["limit"] = [$"Not between 1 and {MaximumLimit}."];
        return errors.Count == 0 ? null : QueryResults.UnprocessableQuery("The query cannot be fulfilled.", errors);
    }

    private static byte[] Read()
    {
        using var json = typeof(RfcIndex).Assembly.GetManifestResourceStream("rfcs.json")!;
        var octets = new byte[json.Length];
        json.ReadExactly(octets);
        return octets;
    }
}
