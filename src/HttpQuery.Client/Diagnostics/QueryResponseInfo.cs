using HttpQuery.Diagnostics;

namespace HttpQuery;

/// <summary>What the handlers of HttpQuery did to get a response. Read it with <c>response.GetQueryInfo()</c>.</summary>
public sealed record QueryResponseInfo
{
    private static readonly HttpRequestOptionsKey<QueryResponseInfo> Key = new(OptionName);

    /// <summary>The key of the value in <see cref="HttpRequestMessage.Options"/> of the response's
    /// <see cref="HttpResponseMessage.RequestMessage"/>.</summary>
    internal const string OptionName = "HttpQuery.ResponseInfo";

    /// <summary>Nothing was done: the response came from the origin.</summary>
    internal static readonly QueryResponseInfo None = new();

    /// <summary>The response came from the cache, and nothing else was done.</summary>
    internal static readonly QueryResponseInfo Cached = new() { FromCache = true };

    internal QueryResponseInfo()
    {
    }

    /// <summary>Whether the private cache served the response from its store, with or without a validation.</summary>
    public bool FromCache { get; internal init; }

    /// <summary>The number of redirects that were followed. The response's <see cref="HttpResponseMessage.RequestMessage"/> is that of
    /// the last.</summary>
    public int Redirects { get; internal init; }

    /// <summary>Why this redirect response was not followed. <see langword="null"/> if it is not a redirect, or has no
    /// <c>Location</c>.</summary>
    public QueryRedirectRefusal? RedirectRefusal { get; internal init; }

    /// <summary>The method that was sent in place of QUERY, because QUERY does not work at the server: <c>POST</c> or <c>GET</c>.
    /// <see langword="null"/> if there was no fallback.</summary>
    public HttpMethod? FallbackMethod { get; internal init; }

    /// <summary>Whether a GET of the <c>Location</c> of an earlier response was sent in place of the query.</summary>
    public bool SwitchedToGet { get; internal init; }

    /// <summary>Whether the query was sent in a second format, because the first response was 415.</summary>
    public bool Renegotiated { get; internal init; }

    /// <summary>Whether the query was sent again because the server closed the connection before a response.</summary>
    public bool ConnectionRetried { get; internal init; }

    /// <summary>Returns the value of a response.</summary>
    internal static QueryResponseInfo Get(HttpResponseMessage response) => response switch
    {
        InformedResponse informed => informed.Info,
        { RequestMessage: { } request } when request.Options.TryGetValue(Key, out var info) => info,
        _ => None,
    };

    /// <summary>Changes the value of a response.</summary>
    /// <remarks>Each handler sets its own properties on each response, even to their defaults: a retry above may send the same message
    /// again.</remarks>
    internal static void Update<TState>(
        HttpResponseMessage response, TState state, Func<QueryResponseInfo, TState, QueryResponseInfo> change)
    {
        var info = Get(response);
        var changed = change(info, state);
        if (changed == info) return;

        // Stubs leave RequestMessage null.
        if (response is InformedResponse informed) informed.Info = changed;
        else response.RequestMessage?.Options.Set(Key, changed);
    }
}
