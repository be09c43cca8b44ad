namespace HttpQuery.Redirection;

/// <summary>A request that was redirected to another origin, seen by the handlers below.</summary>
/// <remarks>Another client that a handler below uses has its own redirects, and begins without a hop.</remarks>
/// <param name="CredentialHeaders">The headers that the request must not have.</param>
internal sealed record RedirectHop(string[] CredentialHeaders)
{
    private static readonly AsyncLocal<RedirectHop?> Flow = new();

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
}
