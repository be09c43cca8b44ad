using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace HttpQuery.Caching.Tests.Epochs;

/// <summary>Follows every order of events, depth first. A path is run anew from its start, by the choices that led to it; a state that was seen before is not followed again.</summary>
internal static class EpochSearch
{
    /// <summary>Searches until something forbidden is served, or all has been seen.</summary>
    public static SearchResult All(SearchScenario scenario) => Inline(() => Explore(scenario));

    /// <summary>Follows paths at random until something forbidden is served: where there are too many states to see all.</summary>
    /// <param name="scenario">What is searched.</param>
    /// <param name="paths">How many paths.</param>
    public static SearchResult Some(SearchScenario scenario, int paths) => Inline(() => Sample(scenario, paths));

    // Tests have a context of their own, and continuations would be posted to it.
    private static SearchResult Inline(Func<SearchResult> search)
    {
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            return search();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    private static SearchResult Sample(SearchScenario scenario, int paths)
    {
        var (random, seen) = (new Random(1), new HashSet<UInt128>());
        for (var i = 0; i < paths; i++)
        {
            var (run, taken) = (new SearchRun(scenario), new List<byte>());
            while (run.Choices() is { Count: > 0 } choices)
            {
                var choice = random.Next(choices.Count);
                run.Take(choices[choice]);
                taken.Add((byte)choice);
                if (run.Violation is not null) return new(seen.Count, i, Trace(scenario, taken));
            }
            if (run.Stuck is { } stuck) throw new InvalidOperationException($"{stuck}\n{Trace(scenario, taken)}");
            seen.Add(GetHash(string.Join(' ', taken)));
        }
        return new(seen.Count, paths, null);
    }

    private static SearchResult Explore(SearchScenario scenario)
    {
        var seen = new HashSet<UInt128>();
        var (open, ends) = (new Stack<byte[]>(), 0);
        open.Push([]);
        while (open.TryPop(out var path))
        {
            var run = new SearchRun(scenario);
            var taken = new List<byte>(path);
            foreach (var choice in path) run.Take(run.Choices()[choice]);
            while (true)
            {
                if (run.Violation is not null) return new(seen.Count, ends, Trace(scenario, taken));
                if (!seen.Add(GetHash(run.State()))) break;

                var choices = run.Choices();
                if (choices.Count == 0)
                {
                    ends++;
                    if (run.Stuck is { } stuck) throw new InvalidOperationException($"{stuck}\n{Trace(scenario, taken)}");
                    break;
                }
                for (var i = choices.Count - 1; i > 0; i--) open.Push([.. taken, (byte)i]);
                run.Take(choices[0]);
                taken.Add(0);
            }
        }
        return new(seen.Count, ends, null);
    }

    private static string Trace(SearchScenario scenario, List<byte> path)
    {
        var run = new SearchRun(scenario, isTraced: true);
        foreach (var choice in path) run.Take(run.Choices()[choice]);
        return $"{run.Violation}\n{string.Join('\n', run.Trace)}";
    }

    private static UInt128 GetHash(string state)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(MemoryMarshal.AsBytes(state.AsSpan()), digest);
        return MemoryMarshal.Read<UInt128>(digest);
    }
}

/// <summary>What a search has found.</summary>
/// <param name="Count">How many different states, or paths, were seen.</param>
/// <param name="Ends">How often all requests had been answered.</param>
/// <param name="Violation">What was served and should not have been, with all that led to it; <see langword="null"/> if nothing was.</param>
internal sealed record SearchResult(int Count, int Ends, string? Violation);
