using KubeList.Errors;
using Microsoft.Net.Http.Headers;

namespace KubeList.Lists;

/// <summary>Decides whether the plain JSON document, the one representation served, is acceptable.</summary>
/// <remarks>Kubernetes chooses representations by parameters: <c>application/json;as=Table;v=v1;g=meta.k8s.io</c> is not a
/// plain document. Such members are passed over, and the next one that can be served counts.</remarks>
internal static class Representation
{
    /// <exception cref="StatusException">Nothing that is served is acceptable: 406.</exception>
    public static void Require(HttpRequest request)
    {
        var fields = request.Headers.Accept;
        if (fields.All(string.IsNullOrWhiteSpace)) return;
        if (!MediaTypeHeaderValue.TryParseList(fields!, out var members) || Quality(members) <= 0)
            throw new StatusException(KubeStatus.NotAcceptable());
    }

    // The most specific member that covers the plain document decides (RFC 9110 §12.5.1).
    private static double Quality(IEnumerable<MediaTypeHeaderValue> members)
    {
        var (specificity, quality) = (-1, 0.0);
        foreach (var member in members)
        {
            var covers = member.MediaType.Value?.ToLowerInvariant() switch
            {
                "application/json" => 2,
                "application/*" => 1,
                "*/*" => 0,
                _ => -1,
            };
            var isPlain = !member.Parameters.Any(parameter => parameter.Name.Equals("as", StringComparison.OrdinalIgnoreCase));
            if (!isPlain || covers < specificity || covers < 0) continue;

            quality = covers > specificity ? member.Quality ?? 1 : Math.Max(quality, member.Quality ?? 1);
            specificity = covers;
        }

        return quality;
    }
}
