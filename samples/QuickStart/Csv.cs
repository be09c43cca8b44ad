using System.Buffers;
using System.Globalization;
using System.Text;

namespace QuickStart;

/// <summary>Entries of the index as <c>text/csv</c> (RFC 4180), with a line of names.</summary>
internal static class Csv
{
    private static readonly SearchValues<char> Quoted = SearchValues.Create(",\"\r\n");

    public static Task WriteAsync(Rfc[] rfcs, HttpContext context) => context.Response.WriteAsync(Format(rfcs), context.RequestAborted);

    public static string Format(IEnumerable<Rfc> rfcs)
    {
        var text = new StringBuilder("number,title,year,status,pages\r\n");
        foreach (var rfc in rfcs)
            text.Append(CultureInfo.InvariantCulture, $"{rfc.Number},{Field(rfc.Title)},{rfc.Year},{Field(rfc.Status)},{rfc.Pages}\r\n");
        return text.ToString();
    }

    // RFC 4180 §2: a field with a comma, a quote or a line break stands in quotes, and its own quotes are doubled.
    private static string Field(string value) =>
        value.AsSpan().ContainsAny(Quoted) ? $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : value;
}
