using System.Net;

namespace HttpQuery.Fallback;

/// <summary>Tells whether a response means that the method is not known there.</summary>
/// <remarks>RFC 9110 has two status codes for it, 405 and 501. Some intermediaries use 400 or 403 instead, which usually mean something
/// else. These count only if the response names the intermediary, and has no sign of a server that knows QUERY.</remarks>
internal static class FallbackClassifier
{
    /// <summary>Returns the reason to send the query in another way.</summary>
    public static FallbackReason Classify(HttpResponseMessage response, IEnumerable<string> intermediaries) => response.StatusCode switch
    {
        HttpStatusCode.MethodNotAllowed => AllowsQuery(response) ? FallbackReason.None : FallbackReason.MethodNotAllowed,
        HttpStatusCode.NotImplemented => FallbackReason.NotImplemented,
        HttpStatusCode.BadRequest or HttpStatusCode.Forbidden
            when !KnowsQuery(response) && intermediaries.Any(name => IsNamed(response, name)) => FallbackReason.Intermediary,
        _ => FallbackReason.None,
    };

    /// <summary>Whether a response to the substitute shows that the method was the problem, not the request or the path.</summary>
    public static bool IsConfirmed(FallbackReason reason, HttpStatusCode substitute) => substitute switch
    {
        HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed or HttpStatusCode.NotImplemented => false,
        HttpStatusCode.BadRequest or HttpStatusCode.Forbidden => reason is not FallbackReason.Intermediary,
        _ => true,
    };

    /// <summary>Whether a response to a QUERY shows nothing about the method: the server is overloaded, or could not be reached.</summary>
    public static bool IsUnclear(HttpStatusCode status) =>
        status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests || (int)status >= 500;

    /// <summary>Whether a text can be the name of an intermediary.</summary>
    public static bool IsIntermediaryName(string? name) =>
        !string.IsNullOrWhiteSpace(name) && !name.AsSpan().ContainsAnyExceptInRange(' ', '~');

    private static bool AllowsQuery(HttpResponseMessage response)
    {
        foreach (var line in Lines(response, "Allow"))
        {
            foreach (var range in line.AsSpan().Split(','))
            {
                if (line.AsSpan(range).Trim().Equals("QUERY", StringComparison.OrdinalIgnoreCase)) return true;
            }
        }
        return false;
    }

    private static bool KnowsQuery(HttpResponseMessage response) =>
        AllowsQuery(response) || Lines(response, AcceptQuery.HeaderName).Any()
        || (response.Content.Headers.ContentType?.MediaType is { } type
            && type.StartsWith("application/problem+", StringComparison.OrdinalIgnoreCase));

    private static bool IsNamed(HttpResponseMessage response, string name) =>
        Lines(response, "Server").Concat(Lines(response, "Via")).Any(line => line.Contains(name, StringComparison.OrdinalIgnoreCase));

    private static IEnumerable<string> Lines(HttpResponseMessage response, string name)
    {
        if (response.Headers.NonValidated.TryGetValues(name, out var lines)
            || response.Content.Headers.NonValidated.TryGetValues(name, out lines))
        {
            foreach (var line in lines) yield return line;
        }
    }
}
