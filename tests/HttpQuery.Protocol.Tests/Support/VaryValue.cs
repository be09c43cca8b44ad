using System.Text;

namespace HttpQuery.Protocol.Tests.Support;

/// <summary>The one value that the lines of a header have in the secondary key (docs/cache-key.md §8).</summary>
internal static class VaryValue
{
    public static string Join(string name, string[] lines)
    {
        if (name.Equals("Cookie", StringComparison.OrdinalIgnoreCase)) return string.Join("; ", lines);
        var value = new StringBuilder();
        var (isQuoted, isEscaped, isAfterComma) = (false, false, false);
        foreach (var c in string.Join(", ", lines))
        {
            if (isAfterComma && c is ' ' or '\t') continue;
            isAfterComma = c == ',' && !isQuoted;
            while (isAfterComma && value is [.., ' ' or '\t']) value.Length--;
            value.Append(c);
            if (c == '"' && !isEscaped) isQuoted = !isQuoted;
            isEscaped = isQuoted && c == '\\' && !isEscaped;
        }
        return value.ToString();
    }
}
