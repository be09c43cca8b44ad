using System.Globalization;
using System.Text;

namespace HttpQuery.Benchmarks;

/// <summary>JSON queries of the sizes that the figures are about: objects as a list API has them, compact and indented.</summary>
internal static class KeyContents
{
    /// <summary>A compact JSON text of about <paramref name="length"/> bytes.</summary>
    public static byte[] Compact(int length) => Make(length, "", "");

    /// <summary>The same members with line ends and indentation.</summary>
    public static byte[] Indented(int length) => Make(length, "\n", "  ");

    private static byte[] Make(int length, string line, string indent)
    {
        var space = line.Length > 0 ? " " : "";
        var text = new StringBuilder($"{{{line}{indent}\"kind\":{space}\"ListQuery\",{line}{indent}\"items\":{space}[");
        for (var i = 0; text.Length < length - 200; i++)
        {
            if (i > 0) text.Append(',');
            string[] members =
            [
                $"\"name\":{space}\"web-frontend-{i:D5}-bcdfghjklm\"",
                $"\"namespace\":{space}\"team-{i % 40}\"",
                $"\"labels\":{space}{{{line}{indent}{indent}{indent}\"app.kubernetes.io/name\":{space}\"web\",{line}{indent}{indent}{indent}\"tier\":{space}\"frontend\"{line}{indent}{indent}}}",
                $"\"replicas\":{space}{i % 9}",
                $"\"ready\":{space}{(i % 3 == 0 ? "false" : "true")}",
                $"\"cpu\":{space}{(i * 0.25).ToString("F2", CultureInfo.InvariantCulture)}",
                $"\"note\":{space}\"caf\u00e9 \\\"{i}\\\" \\u20ac\"",
            ];
            text.Append(line).Append(indent).Append('{').Append(line).Append(indent).Append(indent)
                .AppendJoin($",{line}{indent}{indent}", members)
                .Append(line).Append(indent).Append('}');
        }
        return Encoding.UTF8.GetBytes(text.Append(line).Append(indent).Append(']').Append(line).Append('}').ToString());
    }
}
