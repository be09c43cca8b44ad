using System.Runtime.CompilerServices;
using HttpQuery.Caching;
using HttpQuery.Diagnostics;
using Microsoft.Extensions.Logging;

namespace HttpQuery.PrivateCache;

/// <summary>Remembers the credential headers that handlers below a cache add. One instance per cache, whichever handlers use it.</summary>
/// <remarks>A request without such a header may be for any user. So may its stored response, for example one for a visitor who had not
/// signed in yet.</remarks>
internal sealed class AddedCredentialTracker
{
    private static readonly ConditionalWeakTable<QueryCache, AddedCredentialTracker> Instances = [];

    private volatile string[] _names = [];
    private int _isLogged;
    private int _isPartitionLogged;

    /// <summary>Returns the instance of a cache.</summary>
    public static AddedCredentialTracker Get(QueryCache cache) => Instances.GetOrCreateValue(cache);

    /// <summary>Tells whether a handler below may add a credential to this request.</summary>
    public bool MayAffect(RequestUser user)
    {
        foreach (var name in _names)
        {
            if (!user.HasHeader(name)) return true;
        }
        return false;
    }

    /// <summary>Remembers the headers that a request has only below the cache. Logs a warning the first time.</summary>
    public void Report(RequestUser above, RequestUser below, ILogger? logger, string client)
    {
        var added = below.Headers.Select(header => header.Name).Where(name => !above.HasHeader(name)).ToArray();
        if (added.Length > 0)
        {
            lock (Instances) _names = [.. _names.Union(added)];
            if (logger is not null && Interlocked.Exchange(ref _isLogged, 1) == 0)
                PrivateCacheLog.CredentialsBelow(logger, client, string.Join(", ", added));
        }
        else if (logger is not null && above.Partition != below.Partition && Interlocked.Exchange(ref _isPartitionLogged, 1) == 0)
        {
            PrivateCacheLog.PartitionChanged(logger, client);
        }
    }
}
