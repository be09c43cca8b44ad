using BenchmarkDotNet.Running;
using HttpQuery.Benchmarks;

// Without a word, or with options of BenchmarkDotNet (--filter '*Routing*', --list flat): BenchmarkDotNet.
switch (args)
{
    case ["routing"]:
        RoutingBenchmarks.RunInPairs();
        break;
    case ["key"]:
        KeyBenchmarks.RunInTurns();
        break;
    case ["hostile"]:
        HostileContents.Run();
        break;
    case ["fields"]:
        HostileFields.Run();
        break;
    case ["wire"]:
        await WireAllocation.RunAsync();
        break;
    case ["answers"]:
        await WireAnswers.RunAsync();
        break;
    case ["equivalents"]:
        await EquivalentRequests.RunAsync();
        break;
    case ["engine"]:
        await EngineHits.RunAsync();
        break;
    case ["engine", "short"]:
        await EngineHits.RunAsync(rounds: 5);
        break;
    case ["hits"]:
        await ServerHits.RunAsync(isShort: false);
        break;
    case ["hits", "short"]:
        await ServerHits.RunAsync(isShort: true);
        break;
    case ["hits", var before]:
        await ServerHits.CompareAsync(before);
        break;
    case ["hits-server"]:
        await ServerHits.ServeAsync();
        break;
    case ["client"]:
        await ClientHits.RunAsync();
        break;
    case ["requests"]:
        await ClientRequests.RunAsync();
        break;
    case ["requests-server"]:
        await ClientRequests.ServeAsync();
        break;
    case ["memory"]:
        await CacheMemory.RunAsync();
        break;
    case ["bombs"]:
        await Bombs.RunAsync();
        break;
    case ["bombs-server"]:
        await Bombs.ServeAsync();
        break;
    case ["pending"]:
        await PendingMemory.RunAsync();
        break;
    case ["hosts"]:
        await InventedHosts.RunAsync();
        break;
    case ["warnings"]:
        await HitWarnings.RunAsync();
        break;
    default:
        BenchmarkSwitcher.FromAssembly(typeof(Turns).Assembly).Run(args);
        break;
}
