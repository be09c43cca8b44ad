using BenchmarkDotNet.Running;
using HttpQuery.Benchmarks;

// "wire" runs the load on Kestrel; anything else is BenchmarkDotNet's (--filter '*Routing*', --list flat, ...).
if (args is ["wire", ..]) return await WireAllocation.RunAsync();
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
return 0;
