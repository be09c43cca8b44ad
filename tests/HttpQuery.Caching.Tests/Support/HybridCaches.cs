using Microsoft.Extensions.Caching.Distributed;
using Microsoft.Extensions.Caching.Hybrid;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.Caching.StackExchangeRedis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ZiggyCreatures.Caching.Fusion;
using ZiggyCreatures.Caching.Fusion.Serialization;

namespace HttpQuery.Caching.Tests.Support;

/// <summary>HybridCache as machines have it, each with a local tier of its own.</summary>
internal static class HybridCaches
{
    public static MemoryDistributedCache Memory() => new(Options.Create(new MemoryDistributedCacheOptions()));

    public static RedisCache Redis(RedisServer server) => new(Options.Create(new RedisCacheOptions { Configuration = server.Configuration }));

    public static HybridCache Microsoft(IDistributedCache? distributed, long maximumPayload = 17 * 1024 * 1024)
    {
        var services = new ServiceCollection();
        if (distributed is not null) services.AddSingleton(distributed);
        services.AddHybridCache(options => options.MaximumPayloadBytes = maximumPayload);
        return services.BuildServiceProvider().GetRequiredService<HybridCache>();
    }

    public static HybridCache Fusion(IDistributedCache? distributed)
    {
        var services = new ServiceCollection();
        var builder = services.AddFusionCache();
        if (distributed is not null) builder.WithDistributedCache(distributed).WithSerializer(new JsonSerializer());
        builder.AsHybridCache();
        return services.BuildServiceProvider().GetRequiredService<HybridCache>();
    }

    private sealed class JsonSerializer : IFusionCacheSerializer
    {
        public byte[] Serialize<T>(T? value) => System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(value);

        public T? Deserialize<T>(byte[] data) => System.Text.Json.JsonSerializer.Deserialize<T>(data);

        public ValueTask<byte[]> SerializeAsync<T>(T? value, CancellationToken token = default) => new(Serialize(value));

        public ValueTask<T?> DeserializeAsync<T>(byte[] data, CancellationToken token = default) => new(Deserialize<T>(data));
    }
}
