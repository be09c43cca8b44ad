// <client>
using HttpQuery;

// </client>
namespace QuickStart;

/// <summary>The client of the tour, and of the README.</summary>
internal static class Client
{
    public static async Task<Rfc[]> AskAsync(HttpClient http)
    {
        // <client>
        var query = new RfcQuery { Match = "cache", FromYear = 2014, Limit = 10 };
        var rfcs = await http.QueryFromJsonAsync<RfcQuery, Rfc[]>("/rfcs", query);
        // </client>
        return rfcs ?? [];
    }
}
