using HttpQuery.Caching;
using HttpQuery.Caching.Adapters;
using Microsoft.Extensions.Primitives;

namespace HttpQuery.PrivateCache;

/// <summary>Gives the cache the headers of an outgoing message, without those of its content.</summary>
internal sealed class RequestHeadersAdapter(HttpRequestMessage message) : IRequestHeaders
{
    public StringValues this[string name] => message.Headers.NonValidated.TryGetValues(name, out var lines) ? lines.ToArray() : default;

    public void Set(string name, StringValues lines)
    {
        message.Headers.Remove(name);
        if (lines.Count > 0) message.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)lines);
    }
}
