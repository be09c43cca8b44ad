using HttpQuery.Caching.Engine;
using HttpQuery.Caching.Headers;
using HttpQuery.Caching.Items;

namespace HttpQuery.Caching.Tests.Epochs;

/// <summary>One path of a search: caches on one store, whose calls complete one by one as they are chosen.</summary>
internal sealed partial class SearchRun
{
    private const string TagName = "t";

    private static readonly QueryCacheOptions Options = new() { Name = "search", Rules = Message.Shared, CollapseTimeout = TimeSpan.Zero };
    private static readonly CacheRequest Plain = CacheHost.Request("GET /a");
    private static readonly CacheRequest Tagged = new() { Method = "GET", Scheme = "https", Authority = "a.test", Target = "/a", Headers = Message.Headers(), Content = System.Buffers.ReadOnlySequence<byte>.Empty, Tags = [TagName] };
    private static readonly CacheRequest Put = CacheHost.Request("PUT /a");
    private static readonly CacheKeySet Keys = CacheKeySet.Create(Options, Plain);
    private static readonly QueryCacheKey TagKey = EpochKeys.GetTagKey(TagName);
    private static readonly HeaderCollection Headers = Message.Headers("Cache-Control: max-age=86400");
    private static readonly AsyncLocal<SearchActor?> Current = new();

    private readonly SearchScenario _scenario;
    private readonly SearchClock _clock = new();
    private readonly QueryCache[] _caches;
    private readonly List<SearchActor> _actors = [];
    private readonly Dictionary<QueryCacheKey, (CacheItem Item, DateTimeOffset Expiry)> _contents = [];
    private readonly Dictionary<UInt128, UInt128> _replaced = [];
    private readonly QueryCacheKey _epoch;
    private readonly QueryCacheKey _marker;
    private readonly int[] _floors;
    private readonly List<string>? _trace;
    private readonly SearchActor _reader;
    private int _version;
    private int _losses;
    private int _failures;
    private int _hours;
    private int _unanswered;

    public SearchRun(SearchScenario scenario, bool isTraced = false)
    {
        _trace = isTraced ? [] : null;
        _scenario = scenario;
        (_losses, _failures, _hours, _unanswered) = (scenario.Losses, scenario.FailedWrites, scenario.Hours, scenario.Invalidating.Length);
        _caches = new QueryCache[1 + Math.Max(scenario.Reading, scenario.Storing.Concat(scenario.Invalidating).Max())];
        _floors = new int[_caches.Length];
        for (var i = 0; i < _caches.Length; i++) _caches[i] = new(Options, new SearchStore(this), _clock);
        _epoch = scenario.Tag is SearchedTag.None ? Keys.Resource : TagKey;
        _marker = EpochKeys.GetMarkerKey(_epoch);
        Fill();

        foreach (var machine in scenario.Invalidating) Add(machine, 'I', InvalidateAsync);
        foreach (var machine in scenario.Storing) Add(machine, 'S', StoreAsync);
        _reader = new(_actors.Count, scenario.Reading, 'R');
        _actors.Add(_reader);
        BeginReader();
    }

    /// <summary>What was served and should not have been.</summary>
    public string? Violation { get; private set; }

    public IReadOnlyList<string> Trace => _trace ?? [];

    /// <summary>Who waits for nothing that can happen any more: the continuations did not run where they were to.</summary>
    public string? Stuck => _actors.Find(actor => !actor.Task.IsCompleted) is { } actor ? $"{actor.Kind}{actor.Index} waits for nothing." : null;

    /// <summary>What can happen next.</summary>
    /// <remarks>A call that no other request can have a part in, now or later, comes first: its place among theirs makes no difference.</remarks>
    public List<(SearchStep? Step, int Variant)> Choices()
    {
        var choices = new List<(SearchStep?, int)>();
        foreach (var actor in _actors)
        {
            foreach (var step in actor.Steps)
            {
                if (step.IsOver) continue;
                if (IsApart(step))
                {
                    choices.Clear();
                    AddTo(choices, step);
                    return choices;
                }
                AddTo(choices, step);
            }
        }
        if (choices.Count > 0 && _hours > 0) choices.Add((null, 0));
        return choices;
    }

    /// <summary>Lets it happen, and all that follows from it.</summary>
    public void Take((SearchStep? Step, int Variant) choice)
    {
        if (choice.Step is not { } step)
        {
            _hours--;
            _clock.Advance(Options.MaximumRequestDuration);
            _trace?.Add("an hour passes");
            return;
        }
        Complete(step, choice.Variant);
        foreach (var actor in _actors)
        {
            if (actor.Task.IsFaulted) actor.Task.GetAwaiter().GetResult();
        }
    }

    private void AddTo(List<(SearchStep? Step, int Variant)> choices, SearchStep step)
    {
        choices.Add((step, 0));
        if (step.Role is '!') return;
        if (step.Item is null && _losses > 0 && (_scenario.IsLostAnytime || !_actors.Exists(IsBeginning)) && Peek(step.Key) is not null) choices.Add((step, 1));
        for (var variant = 1; step.Item is not null && _failures > 0 && variant <= 3; variant++) choices.Add((step, variant));
    }

    // It has looked at the epoch and the marker, and has not yet looked at the marker again: the marker must last so long.
    private static bool IsBeginning(SearchActor actor) =>
        actor is { Kind: 'S', Task.IsCompleted: false } && actor.Steps.Count(one => one is { Role: 'E', Item: null, IsOver: true } or { Role: 'M', IsOver: true }) is 3 or 4;

    // Only reads: a marker that no other invalidation writes, an epoch that nobody else begins, a response that nobody else stores.
    private bool IsApart(SearchStep step)
    {
        if (step.Item is not null || _losses > 0 || _hours > 0 || _scenario.FailedWrites > 0) return false;
        foreach (var other in _actors)
        {
            if (other == step.Actor || other.Kind is 'R' || (other.HasBegun && other.Task.IsCompleted)) continue;
            var isConcerned = step.Role switch
            {
                'M' => other.Kind is 'I',
                'E' => other.Kind is 'I' || !other.Steps.Exists(one => one.Role is 'P'),
                'P' => other.Kind is 'S',
                _ => true,
            };
            if (isConcerned) return false;
        }
        return step.Role is not '!';
    }

    public ValueTask<CacheItem?> ReadAsync(QueryCacheKey key)
    {
        var step = new SearchStep(Current.Value!, RoleOf(key), key, null, default);
        if (IsSearched(step)) return new(Begin(step));
        return new(Peek(key));
    }

    public ValueTask WriteAsync(QueryCacheKey key, CacheItem item, TimeSpan lifetime)
    {
        var step = new SearchStep(Current.Value!, RoleOf(key), key, item, lifetime);
        if (IsSearched(step)) return new(Begin(step));
        Keep(key, item, lifetime);
        return default;
    }

    private void Fill()
    {
        var month = TimeSpan.FromDays(30);
        var store = CacheEpoch.New();
        Keep(EpochKeys.Store, store, month);
        var resource = CacheEpoch.New();
        if (_scenario.Tag is not SearchedTag.None) Keep(Keys.Resource, resource, month);
        if (_scenario.Start is SearchedStart.Epoch)
        {
            var epoch = CacheEpoch.New();
            Keep(_epoch, epoch, month);
            var epochs = _scenario.Tag is SearchedTag.None ? new ItemEpochs(epoch.Number, store.Number, []) : new(resource.Number, store.Number, [new(TagName, epoch.Number)]);
            Keep(Keys.Primary, new CachedResponse(new(Message.Shared, 200, Headers, Message.Received, Message.Received), new byte[1], epochs), month);
        }
        if (_scenario.Start is not SearchedStart.Invalidated) return;
        Keep(_epoch, CacheEpoch.New(EpochOrigin.BriefInvalidation), Options.MaximumRequestDuration);
        Keep(_marker, CacheEpoch.New(EpochOrigin.BriefInvalidation), Options.MaximumRequestDuration);
    }

    private void Add(int machine, char kind, Func<SearchActor, Task> act)
    {
        var actor = new SearchActor(_actors.Count, machine, kind);
        _actors.Add(actor);
        Begin(actor, act);
    }

    private static void Begin(SearchActor actor, Func<SearchActor, Task> act)
    {
        actor.HasBegun = true;
        Current.Value = actor;
        actor.Task = act(actor);
        Current.Value = null;
    }

    private void BeginReader()
    {
        if (_unanswered == 0 && !_reader.HasBegun) Begin(_reader, ReadAsync);
    }

    private async Task InvalidateAsync(SearchActor actor)
    {
        var cache = _caches[actor.Machine];
        await PauseAsync(actor).ConfigureAwait(false);
        var version = ++_version;
        if (_scenario.IsSlow) await PauseAsync(actor).ConfigureAwait(false);

        var isReached = true;
        if (_scenario.Tag is not SearchedTag.None)
        {
            isReached = await cache.EvictByTagAsync(TagName).ConfigureAwait(false);
        }
        else if (_scenario.FailedWrites + _scenario.Losses > 0)
        {
            isReached = await cache.EvictAsync(new("https://a.test/a")).ConfigureAwait(false);
        }
        else
        {
            var exchange = ((CacheDecision.Forward)await cache.LookUpAsync(Put).ConfigureAwait(false)).Exchange;
            await exchange.ReceiveAsync(new(204, [])).ConfigureAwait(false);
            isReached = !IsDistrusted(cache);
        }
        for (var machine = 0; machine < _floors.Length; machine++)
        {
            if (isReached || machine == actor.Machine) _floors[machine] = Math.Max(_floors[machine], version);
        }
        _trace?.Add(isReached ? $"{actor.Kind}{actor.Index} is answered: state {version}" : $"{actor.Kind}{actor.Index} did not reach the store: state {version}");
        _unanswered--;
        BeginReader();
    }

    private async Task StoreAsync(SearchActor actor)
    {
        if (_scenario.IsSlow || _scenario.Invalidating.Contains(actor.Machine)) await PauseAsync(actor).ConfigureAwait(false);
        var exchange = await LookUpAsync(actor).ConfigureAwait(false);
        if (exchange is null) return;
        if (_scenario.IsSlow) await PauseAsync(actor).ConfigureAwait(false);

        actor.Version = _version;
        byte[] content = [(byte)_version];
        IReadOnlyList<string> tags = _scenario.Tag is SearchedTag.None ? [] : [TagName];
        if (await exchange.ReceiveAsync(new(200, Headers) { Terms = () => new(null, tags) }).ConfigureAwait(false) is not ResponseAction.RelayAndStore reaction) return;
        reaction.Capture.Append(content);
        await reaction.Capture.StoreAsync().ConfigureAwait(false);
    }

    private async Task ReadAsync(SearchActor actor)
    {
        using var exchange = await LookUpAsync(actor).ConfigureAwait(false);
    }

    private async Task<OriginExchange?> LookUpAsync(SearchActor actor)
    {
        var floor = _floors[actor.Machine];
        var decision = await _caches[actor.Machine].LookUpAsync(_scenario.Tag is SearchedTag.OfRequest ? Tagged : Plain).ConfigureAwait(false);
        if (decision is not CacheDecision.Serve served) return ((CacheDecision.Forward)decision).Exchange;
        var version = served.Message.Content.Span[0];
        _trace?.Add($"{actor.Kind}{actor.Index} on machine {actor.Machine} is served state {version}");
        if (version < floor) Violation ??= $"State {version} was served, after state {floor} had begun.";
        return null;
    }

    private static Task<CacheItem?> PauseAsync(SearchActor actor) => Begin(new(actor, '!', default, null, default));

    private static Task<CacheItem?> Begin(SearchStep step)
    {
        step.Actor.Steps.Add(step);
        return step.Completion.Task;
    }

    // What nobody changes, or has no say in what the search looks for, is answered at once.
    private bool IsSearched(SearchStep step) => step.Role switch
    {
        'E' => true,
        'M' => step.Actor.Kind is not 'R' || step.Item is not null,
        'P' => step.Item is not null || step.Actor.Kind is 'R',
        's' => _scenario.FailedWrites > 0,
        'm' => _scenario.FailedWrites > 0 && step.Actor.Kind is not 'R',
        _ => false,
    };

    private char RoleOf(QueryCacheKey key)
    {
        if (key == _epoch) return 'E';
        if (key == _marker) return 'M';
        if (key == Keys.Primary) return 'P';
        if (key == EpochKeys.Store) return 's';
        return key == EpochKeys.GetMarkerKey(EpochKeys.Store) ? 'm' : ' ';
    }

    private CacheItem? Peek(QueryCacheKey key) => _contents.TryGetValue(key, out var one) && one.Expiry > _clock.GetUtcNow() ? one.Item : null;

    private void Keep(QueryCacheKey key, CacheItem item, TimeSpan lifetime)
    {
        if (lifetime <= TimeSpan.Zero) _contents.Remove(key);
        else _contents[key] = (item, _clock.GetUtcNow() + lifetime);
    }

    private void Complete(SearchStep step, int variant)
    {
        (step.IsOver, step.Variant) = (true, variant);
        var actor = step.Actor;
        if (step.Role is '!')
        {
            _trace?.Add($"{actor.Kind}{actor.Index} on machine {actor.Machine} goes on");
            step.Completion.SetResult(null);
        }
        else if (step.Item is null)
        {
            if (variant == 1)
            {
                _losses--;
                _contents.Remove(step.Key);
            }
            step.Read = ReadBy(step);
            _trace?.Add($"{actor.Kind}{actor.Index} on machine {actor.Machine} reads {step.Role}: {GetText(step.Read)}{(variant == 1 ? " (lost)" : "")}");
            step.Completion.SetResult(step.Read);
        }
        else
        {
            if (variant > 0) _failures--;
            if (variant is 0 or 3) WriteBy(step);
            _trace?.Add($"{actor.Kind}{actor.Index} on machine {actor.Machine} writes {step.Role}: {GetText(step.Item)}{variant switch { 1 => " (fails)", 2 => " (lost)", 3 => " (fails, but is done)", _ => "" }}");
            if (variant is 1 or 3) step.Completion.SetException(new IOException("down"));
            else step.Completion.SetResult(null);
        }
    }

    private CacheItem? ReadBy(SearchStep step)
    {
        var earlier = step.Actor.Steps.Where(one => one.Role == step.Role && one.IsOver && one != step).ToArray();
        return (_scenario.Fault, step.Actor.Kind, step.Role) switch
        {
            (SearchedFault.NoMarker, 'I', 'M') or (SearchedFault.NoEpoch, 'I', 'E') when Array.FindLast(earlier, one => one.Item is not null) is { } written => written.Item,
            (SearchedFault.MarkerNotReadAgain, 'S', 'M') when earlier.Length == 2 => earlier[1].Read,
            _ => Peek(step.Key),
        };
    }

    private void WriteBy(SearchStep step)
    {
        var (item, kind) = (step.Item!, step.Actor.Kind);
        switch (_scenario.Fault)
        {
            case SearchedFault.NoMarker when kind is 'I' && step.Role is 'M':
            case SearchedFault.NoEpoch when kind is 'I' && step.Role is 'E':
                return;
            case SearchedFault.EpochMadeLonger when kind is 'S' && step.Role is 'E' && step.Actor.Steps.FindLast(one => one.Role is 'E' && one.Item is null)?.Read is CacheEpoch { IsLong: false } brief:
                _replaced[((CacheEpoch)item).Number] = brief.Number;
                item = new CacheEpoch(brief.Number);
                break;
            case SearchedFault.EpochMadeLonger when item is CachedResponse response && _replaced.TryGetValue(response.Epochs.Resource, out var number):
                item = new CachedResponse(response.Response, response.Content, response.Epochs with { Resource = number });
                break;
        }
        Keep(step.Key, item, step.Lifetime);
    }

    private static string GetText(CacheItem? item) => item switch
    {
        CacheEpoch epoch => $"{epoch.Origin} {(ushort)epoch.Number:x4}",
        CachedResponse response => $"state {response.Content.Span[0]} in {(ushort)response.Epochs.Resource:x4}{string.Concat(response.Epochs.Tags.Select(tag => $" tag {(ushort)tag.Number:x4}"))}",
        null => "nothing",
        _ => item.ToString()!,
    };
}
