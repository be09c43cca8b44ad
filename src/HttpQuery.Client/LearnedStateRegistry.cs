using System.Collections.Concurrent;
using HttpQuery.Discovery;
using HttpQuery.Fallback;
using HttpQuery.Locations;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace HttpQuery;

/// <summary>What the named clients of an application have learned of servers. It outlives the handlers, which the factory
/// replaces.</summary>
internal sealed class LearnedStateRegistry(IOptionsMonitor<HttpQueryClientOptions> options, IServiceProvider services)
{
    private readonly ConcurrentDictionary<string, Lazy<Entry>> _clients = new(StringComparer.Ordinal);

    /// <summary>Returns what a client has learned.</summary>
    /// <exception cref="OptionsValidationException">An option is out of range.</exception>
    public Entry GetOrCreate(string client) => _clients.GetOrAdd(client, name => new(() => Create(name))).Value;

    private Entry Create(string client)
    {
        var (own, time) = (options.Get(client), services.GetService<TimeProvider>() ?? TimeProvider.System);
        var cache = services.GetService<IOptionsMonitor<PrivateCacheOptions>>()?.Get(client);
        return new(new(own.Discovery, time), new(own.Fallback, time), new(own.Location, cache, time));
    }

    /// <summary>What one client has learned.</summary>
    internal sealed record Entry(AcceptQueryMemory Discovery, FallbackMemory Fallback, LocationMemory Location);
}
