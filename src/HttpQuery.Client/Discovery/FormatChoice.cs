namespace HttpQuery.Discovery;

/// <summary>Chooses the format of a query with several formats.</summary>
internal static class FormatChoice
{
    /// <summary>Returns the first format that the resource accepts, or the first of all if it names none of them.</summary>
    public static int Choose(QueryContent content, AcceptQuery? accepted)
    {
        if (accepted is null) return 0;
        for (var i = 0; i < content.Formats.Count; i++)
        {
            if (accepted.Accepts(content.Formats[i].MediaType)) return i;
        }
        return 0;
    }

    /// <summary>Returns the format that a 415 asks for, or -1 if it names no other of the formats.</summary>
    /// <param name="content">The formats.</param>
    /// <param name="refused">The format that was refused.</param>
    /// <param name="acceptQuery">The lines of <c>Accept-Query</c> in the response. They count if they are well formed.</param>
    /// <param name="accept">The lines of <c>Accept</c> in the response (RFC 9110 §12.5.1).</param>
    public static int ChooseOther(QueryContent content, int refused, string[]? acceptQuery, string[]? accept)
    {
        // The refused format cannot be the answer, even if a range of the response includes it.
        int[] others = [.. Enumerable.Range(0, content.Formats.Count).Where(i => i != refused)];
        if (others.Length == 0) return -1;
        if (acceptQuery is not null && AcceptQuery.TryParse(acceptQuery, out var value))
            return Array.Find([.. others, -1], i => i < 0 || value.Accepts(content.Formats[i].MediaType));

        // A missing header, or one without a well-formed member, would accept everything.
        if (accept is null || !Array.Exists(accept, IsStated)) return -1;
        var chosen = new MediaTypeNegotiation([.. others.Select(i => content.Formats[i].MediaType)]).Choose(accept);
        return chosen < 0 ? -1 : others[chosen];
    }

    private static bool IsStated(string line) => line.Contains('/', StringComparison.Ordinal);
}
