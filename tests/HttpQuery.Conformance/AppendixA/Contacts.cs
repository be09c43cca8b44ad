using System.Data;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;
using System.Xml.Xsl;

namespace HttpQuery.Conformance.AppendixA;

/// <summary>An address book, and three query languages for it, each as much of one as the exchanges need.</summary>
internal static partial class Contacts
{
    private static readonly DataTable Table = Load();

    public static DateTimeOffset LastModified { get; } = new(2026, 2, 1, 9, 30, 0, TimeSpan.Zero);

    /// <summary>Rows with the named columns, at most <paramref name="limit"/>, where <paramref name="filter"/> holds; <see langword="null"/> where the query makes no sense.</summary>
    public static string[][]? Select(string columns, string? filter, int limit = int.MaxValue)
    {
        var names = columns.Split(',', StringSplitOptions.TrimEntries);
        if (names.Any(name => !Table.Columns.Contains(name))) return null;
        try
        {
            return [.. Table.Select(filter, "surname").Take(limit).Select(row => names.Select(name => (string)row[name]).ToArray())];
        }
        catch (InvalidExpressionException)
        {
            return null;
        }
    }

    /// <summary><c>select a, b from contacts where filter</c>.</summary>
    public static string[][]? Sql(string query) => Statement().Match(query) is { Success: true } match ? Select(match.Groups[1].Value, match.Groups[2].Value) : null;

    /// <summary><c>$[?@.name == 'value']['a','b']</c>.</summary>
    public static string[][]? JsonPath(string query) => Path().Match(query) is { Success: true } match
        ? Select(match.Groups[3].Value.Replace("'", "", StringComparison.Ordinal), $"{match.Groups[1].Value} = '{match.Groups[2].Value}'")
        : null;

    /// <summary>The text that a stylesheet makes of the address book as XML, its lines split at commas.</summary>
    public static string[][]? Xslt(string stylesheet)
    {
        try
        {
            var transform = new XslCompiledTransform();
            using var reader = XmlReader.Create(new StringReader(stylesheet), new() { DtdProcessing = DtdProcessing.Prohibit });
            transform.Load(reader, XsltSettings.Default, null);
            var book = new XElement("contacts", Table.Select("", "surname").Select(row =>
                new XElement("contact", Table.Columns.Cast<DataColumn>().Select(column => new XAttribute(column.ColumnName, row[column])))));
            var text = new StringWriter(CultureInfo.InvariantCulture);
            using var source = book.CreateReader();
            transform.Transform(source, null, text);
            return [.. text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(line => line.Split(','))];
        }
        catch (Exception exception) when (exception is XmlException or XsltException)
        {
            return null;
        }
    }

    public static string Csv(IEnumerable<string[]> rows) => rows.Aggregate(new StringBuilder(), (text, row) => text.AppendJoin(',', row).Append("\r\n")).ToString();

    private static DataTable Load()
    {
        var table = new DataTable { Locale = CultureInfo.InvariantCulture };
        foreach (var column in new[] { "surname", "givenname", "email", "city" }) table.Columns.Add(column);
        table.Rows.Add("Abel", "Ada", "ada@one.test", "Bern");
        table.Rows.Add("Berg", "Bo", "bo@two.test", "Oslo");
        table.Rows.Add("Cruz", "Cleo", "cleo@one.test", "Oslo");
        table.Rows.Add("Dorn", "Dag", "dag@two.test", "Bern");
        return table;
    }

    [GeneratedRegex(@"^select\s+(.+)\s+from\s+contacts\s+where\s+(.+)$", RegexOptions.IgnoreCase)]
    private static partial Regex Statement();

    [GeneratedRegex(@"^\$\[\?@\.(\w+) == '([^']*)'\]\[(.+)\]$")]
    private static partial Regex Path();
}
