namespace HttpQuery;

/// <summary>Reads what the handlers of HttpQuery did to get a response.</summary>
public static class HttpResponseMessageQueryExtensions
{
    /// <summary>Returns whether the response came from the cache, how many redirects were followed, and so on.</summary>
    /// <param name="response">A response of a client with <c>AddHttpQuery</c>.</param>
    /// <returns>The information. All properties have their defaults if no handler of HttpQuery took part.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="response"/> is <see langword="null"/>.</exception>
    public static QueryResponseInfo GetQueryInfo(this HttpResponseMessage response)
    {
        ArgumentNullException.ThrowIfNull(response);
        return QueryResponseInfo.Get(response);
    }
}
