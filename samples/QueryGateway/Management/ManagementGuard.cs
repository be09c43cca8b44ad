using System.Net;
using Microsoft.Net.Http.Headers;

namespace QueryGateway.Management;

/// <summary>Refuses what a web page can make an operator's browser send: requests to a name that the page's owner has pointed at this address (DNS rebinding), and changes.</summary>
/// <remarks>There is no CORS: a page of another origin can read nothing here.</remarks>
internal sealed class ManagementGuard(ManagementAddress address)
{
    public Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        var headers = context.Response.Headers;
        (headers.CacheControl, headers.XContentTypeOptions) = ("no-store", "nosniff");
        if (!IsOwnHost(context.Request.Host, context.Connection))
            return RefuseAsync(StatusCodes.Status421MisdirectedRequest, "Host must be the address of the management server, or localhost, with its port.");
        if (!HttpMethods.IsGet(context.Request.Method) && !HttpMethods.IsHead(context.Request.Method) && IsOfAnotherSite(context.Request))
            return RefuseAsync(StatusCodes.Status403Forbidden, "A page of another origin must not change anything here (Origin, Sec-Fetch-Site).");
        return next(context);

        Task RefuseAsync(int status, string detail) => Results.Problem(detail, statusCode: status).ExecuteAsync(context);
    }

    // No name but the configured one and localhost, which browsers resolve themselves: any other can be pointed here.
    private bool IsOwnHost(HostString host, ConnectionInfo connection)
    {
        if (!host.HasValue || (host.Port ?? 80) != connection.LocalPort) return false;
        if (host.Host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || host.Host.Equals(address.Host, StringComparison.OrdinalIgnoreCase)) return true;
        return connection.LocalIpAddress is { } local && IPAddress.TryParse(host.Host, out var named) && Plain(named).Equals(Plain(local));
    }

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    // Browsers send Origin with each POST; programs such as curl send neither.
    private static bool IsOfAnotherSite(HttpRequest request)
    {
        if (request.Headers.TryGetValue("Sec-Fetch-Site", out var site) && site.ToString() is not ("same-origin" or "none")) return true;
        return request.Headers.TryGetValue(HeaderNames.Origin, out var origin) && !string.Equals(origin, $"http://{request.Host.Value}", StringComparison.OrdinalIgnoreCase);
    }
}
