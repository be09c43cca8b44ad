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
    case ["engine"]:
        await EngineHits.RunAsync();
        break;
    case ["hits"]:
        await ServerHits.RunAsync();
        break;
    case ["hits-server"]:
        await ServerHits.ServeAsync();
        break;
    case ["client"]:
        await ClientHits.RunAsync();
        break;
    case ["memory"]:
        await CacheMemory.RunAsync();
        break;
    default:
        BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
        break;
}
