using System.Text;
using Microsoft.AspNetCore.Http;

namespace HttpQuery.Tests.Exchanges;

/// <summary>What the applications under test serve, whatever they are written with.</summary>
public sealed class Catalogue
{
    private static readonly Rfc[] All = [new(9110, "HTTP Semantics"), new(9111, "HTTP Caching"), new(9211, "Cache-Status"), new(9213, "Targeted Cache Control")];

    private int _searches;

    /// <summary>How often a handler has come to work.</summary>
    public int Searches => _searches;

    /// <summary>The version of the catalogue.</summary>
    public string Version { get; set; } = "v1";

    /// <summary>When the catalogue last changed; a fraction of a second that no field can say.</summary>
    public static DateTimeOffset LastModified { get; } = new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);

    public static byte[] Digits { get; } = Encoding.ASCII.GetBytes("0123456789abcdefghijklmnopqrstuvwxyz");

    public Rfc[] Search(RfcQuery query)
    {
        Interlocked.Increment(ref _searches);
        return [.. All.Where(rfc => rfc.Title.Contains(query.Match ?? "", StringComparison.OrdinalIgnoreCase))];
    }

    public static Task WriteCsvAsync(Rfc[] rfcs, HttpContext context) => context.Response.WriteAsync(Csv(rfcs));

    public static string Csv(Rfc[] rfcs) => string.Concat(rfcs.Select(rfc => $"{rfc.Number},{rfc.Title}\r\n"));
}
