using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using HttpQuery.Caching.Epochs;
using HttpQuery.Caching.Items;

namespace HttpQuery.Caching.Tests.Epochs;

// What two paths may have in common.
internal sealed partial class SearchRun
{
    /// <summary>All that decides what can follow: two paths that lead to one state need not both be followed.</summary>
    public string State()
    {
        var numbers = new Dictionary<UInt128, int>();
        var text = new StringBuilder(256);
        text.Append(CultureInfo.InvariantCulture, $"{_version},{_losses},{_failures},{_hours}");
        foreach (var floor in _floors) text.Append(',').Append(floor);
        foreach (var key in (ReadOnlySpan<QueryCacheKey>)[_epoch, _marker, Keys.Primary, EpochKeys.Store, EpochKeys.GetMarkerKey(EpochKeys.Store)])
        {
            text.Append('|');
            Render(text, Peek(key), numbers);
        }
        foreach (var cache in _caches) text.Append('|').Append(IsDistrusted(cache) ? 'D' : 'T');

        // Requests that differ in nothing but their place are the same.
        foreach (var actor in _actors.OrderBy(one => one.Kind).ThenBy(one => one.Machine).ThenBy(one => one.Kind is 'S' ? Describe(one, new(numbers)) : "", StringComparer.Ordinal))
            Render(text, actor, numbers);
        return text.ToString();
    }

    private static string Describe(SearchActor actor, Dictionary<UInt128, int> numbers)
    {
        var text = new StringBuilder();
        Render(text, actor, numbers);
        return text.ToString();
    }

    private static void Render(StringBuilder text, SearchActor actor, Dictionary<UInt128, int> numbers)
    {
        text.Append(CultureInfo.InvariantCulture, $"/{actor.Kind}{actor.Machine}{actor.Version}:");
        if (actor.HasBegun && actor.Task.IsCompleted)
        {
            text.Append('.');
            return;
        }
        foreach (var step in actor.Steps)
        {
            text.Append(step.Role);
            if (step.Item is not null) Render(text.Append('='), step.Item, numbers);
            if (!step.IsOver) text.Append('?');
            else if (step.Item is null) Render(text, step.Read, numbers);
            else text.Append(step.Variant);
        }
    }

    private static void Render(StringBuilder text, CacheItem? item, Dictionary<UInt128, int> numbers)
    {
        switch (item)
        {
            case CacheEpoch epoch:
                text.Append((char)('a' + (int)epoch.Origin)).Append(IdOf(epoch.Number, numbers));
                break;
            case CachedResponse response:
                text.Append('v').Append(response.Content.Span[0]).Append('(').Append(IdOf(response.Epochs.Resource, numbers)).Append(',').Append(IdOf(response.Epochs.Store, numbers));
                foreach (var tag in response.Epochs.Tags) text.Append(',').Append(IdOf(tag.Number, numbers));
                text.Append(')');
                break;
            default:
                text.Append('-');
                break;
        }
    }

    private static int IdOf(UInt128 number, Dictionary<UInt128, int> numbers)
    {
        if (!numbers.TryGetValue(number, out var id)) numbers[number] = id = numbers.Count;
        return id;
    }

    private static bool IsDistrusted(QueryCache cache) => Failures(cache.Epochs) != ResetCount(cache.Epochs);

    [System.Runtime.CompilerServices.UnsafeAccessor(System.Runtime.CompilerServices.UnsafeAccessorKind.Field, Name = "_failures")]
    private static extern ref long Failures(StoreEpochs epochs);

    [System.Runtime.CompilerServices.UnsafeAccessor(System.Runtime.CompilerServices.UnsafeAccessorKind.Field, Name = "_resets")]
    private static extern ref long ResetCount(StoreEpochs epochs);
}
