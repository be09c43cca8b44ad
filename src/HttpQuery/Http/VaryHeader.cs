using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace HttpQuery.Http;

/// <summary>Adds a name to <c>Vary</c> (RFC 9110 §12.5.5), unless it is already there.</summary>
internal static class VaryHeader
{
    public static void Add(IHeaderDictionary headers, string name)
    {
        var vary = headers.Vary;
        if (StringValues.IsNullOrEmpty(vary))
        {
            headers.Vary = name;
            return;
        }

        foreach (var line in vary)
        {
            foreach (var part in line.AsSpan().Split(','))
            {
                var member = line.AsSpan()[part].Trim();
                if (member is "*" || member.Equals(name, StringComparison.OrdinalIgnoreCase)) return;
            }
        }
        headers.Vary = StringValues.Concat(vary, name);
    }
}
