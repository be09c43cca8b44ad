namespace HttpQuery.Http;

/// <summary>The handler at the end of a chain, which opens connections.</summary>
internal static class Transport
{
    /// <summary>Returns the last handler of a chain, or <see langword="null"/> if the chain is empty.</summary>
    public static HttpMessageHandler? Find(HttpMessageHandler? handler)
    {
        while (handler is DelegatingHandler { InnerHandler: { } inner }) handler = inner;
        return handler;
    }
}
