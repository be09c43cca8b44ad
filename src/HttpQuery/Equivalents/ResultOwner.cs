using HttpQuery.CachePolicies;
using HttpQuery.Caching.Adapters;
using HttpQuery.Identity;
using Microsoft.AspNetCore.Http;

namespace HttpQuery.Equivalents;

/// <summary>Tells who may get a result: the user and the partition of the request.</summary>
internal static class ResultOwner
{
    /// <returns><see langword="null"/> if it cannot be told.</returns>
    public static byte[]? TryGet(HttpContext context, QueryCachePolicy policy, IList<string> credentialHeaders)
    {
        try
        {
            using var digest = new IdentityDigest();
            digest.Add(policy.Partition?.Invoke(context));
            if (policy.IsSharedAcrossUsers) return digest.Complete();
            if (policy.User?.Invoke(context) is { } name)
            {
                digest.Add(UserDigest.Create(name));
                return digest.Complete();
            }
            if (!UserDigest.IsCertain(context)) return null;
            var user = UserDigest.Create(context, credentialHeaders);
            digest.Add(user);

            // A credential or a cookie that is not verified makes no user, but it may decide the response.
            if (user.Length == 0)
            {
                digest.Add("Cookie", context.Request.Headers.Cookie);
                foreach (var header in credentialHeaders) digest.Add(header, context.Request.Headers[header]);
            }
            return digest.Complete();
        }
        catch (Exception) when (policy.Partition is not null || policy.User is not null)
        {
            return null;
        }
    }
}
