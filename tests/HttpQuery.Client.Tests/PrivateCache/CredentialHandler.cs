using System.Net.Http.Headers;

namespace HttpQuery.Client.Tests.PrivateCache;

/// <summary>How a handler below the cache adds the credential of the current user.</summary>
public enum CredentialHandlerKind
{
    /// <summary>Adds the bearer token to the message.</summary>
    InPlace,

    /// <summary>Adds an API key to the message.</summary>
    ApiKey,

    /// <summary>Adds a cookie to the message.</summary>
    Cookie,

    /// <summary>Sends a copy with the bearer token.</summary>
    Clone,

    /// <summary>Sends a first copy that is dropped, and returns the response to a second.</summary>
    Hedge,

    /// <summary>Sends twice, the second time with the bearer token.</summary>
    Retry,

    /// <summary>Adds the bearer token, and removes it before it returns.</summary>
    AddAndRemove,
}

/// <summary>A handler of the kinds that applications write, for the current user.</summary>
internal sealed class CredentialHandler(CredentialHandlerKind kind) : DelegatingHandler
{
    private static readonly AsyncLocal<string?> Current = new();

    /// <summary>The user of the asynchronous flow, or <see langword="null"/> for a visitor.</summary>
    public static string? User
    {
        get => Current.Value;
        set => Current.Value = value;
    }

    public static HttpRequestMessage Copy(HttpRequestMessage request)
    {
        var copy = new HttpRequestMessage(request.Method, request.RequestUri) { Version = request.Version };
        foreach (var (name, values) in request.Headers.NonValidated) copy.Headers.TryAddWithoutValidation(name, values);
        foreach (var (key, value) in request.Options) ((IDictionary<string, object?>)copy.Options)[key] = value;
        if (request.Content is null) return copy;
        copy.Content = new ByteArrayContent(request.Content.ReadAsByteArrayAsync().GetAwaiter().GetResult());
        foreach (var (name, values) in request.Content.Headers.NonValidated) copy.Content.Headers.TryAddWithoutValidation(name, values);
        return copy;
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        switch (kind)
        {
            case CredentialHandlerKind.Clone:
                return await base.SendAsync(SignIn(Copy(request)), cancellationToken);
            case CredentialHandlerKind.Hedge:
                (await base.SendAsync(SignIn(Copy(request)), cancellationToken)).Dispose();
                return await base.SendAsync(SignIn(Copy(request)), cancellationToken);
            case CredentialHandlerKind.Retry:
                (await base.SendAsync(Copy(request), cancellationToken)).Dispose();
                return await base.SendAsync(SignIn(Copy(request)), cancellationToken);
            case CredentialHandlerKind.AddAndRemove:
                var own = request.Headers.Authorization;
                SignIn(request);
                var response = await base.SendAsync(request, cancellationToken);
                request.Headers.Authorization = own;
                return response;
            default:
                return await base.SendAsync(SignIn(request), cancellationToken);
        }
    }

    private HttpRequestMessage SignIn(HttpRequestMessage request)
    {
        if (User is not { } user) return request;
        if (kind is CredentialHandlerKind.ApiKey) request.Headers.Add("X-Api-Key", user);
        else if (kind is CredentialHandlerKind.Cookie) request.Headers.Add("Cookie", "user=" + user);
        else request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", user);
        return request;
    }
}
