namespace HttpQuery.Redirection;

/// <summary>A request that was redirected to another origin, seen by the handlers below.</summary>
/// <remarks>Another client that a handler below uses has its own redirects, and begins without a hop.</remarks>
/// <param name="CredentialHeaders">The headers that the request must not have.</param>
internal sealed record RedirectHop(string[] CredentialHeaders)
{
    private static readonly AsyncLocal<RedirectHop?> Flow = new();

    // A handler may send the message from another flow, for example from a queue. Another may send a copy without options.
    private static readonly HttpRequestOptionsKey<RedirectHop> Key = new("HttpQuery.RedirectHop");

    /// <summary>The hop that the current asynchronous flow belongs to. <see langword="null"/> at the origin of the request.</summary>
    public static RedirectHop? Current
    {
        get => Flow.Value;
        set
        {
            // Each write copies the execution context.
            if (!ReferenceEquals(Flow.Value, value)) Flow.Value = value;
        }
    }

    /// <summary>Returns the hop that a message belongs to. <see langword="null"/> at the origin of the request.</summary>
    public static RedirectHop? Get(HttpRequestMessage message) => message.Options.TryGetValue(Key, out var hop) ? hop : Current;

    /// <summary>Sets the hop of a message and of the current flow.</summary>
    public static void Set(HttpRequestMessage message, RedirectHop? hop)
    {
        Current = hop;
        if (hop is not null) message.Options.Set(Key, hop);
        else ((IDictionary<string, object?>)message.Options).Remove(Key.Key);
    }
}
