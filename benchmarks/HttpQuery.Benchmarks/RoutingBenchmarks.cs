using BenchmarkDotNet.Attributes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace HttpQuery.Benchmarks;

/// <summary>Routing and checks in process: the same application with <c>AddHttpQuery</c> and without it.</summary>
[MemoryDiagnoser]
public class RoutingBenchmarks
{
    private readonly RequestDelegate _plain = Build(withHttpQuery: false);
    private readonly RequestDelegate _httpQuery = Build(withHttpQuery: true);
    private readonly DefaultHttpContext _context = new() { RequestServices = new ServiceCollection().BuildServiceProvider() };

    /// <summary>Method, path and Content-Type; the handler of <c>/raw</c> states no media type.</summary>
    public static IEnumerable<string> Requests =>
    [
        "QUERY /rfcs application/json",
        "QUERY /rfcs application/json; charset=utf-8",
        "QUERY /rfcs application/vnd.rfc+json",
        "QUERY /raw application/json",
        "GET /rfcs",
        "POST /rfcs application/json",
    ];

    [ParamsSource(nameof(Requests))]
    public string Request { get; set; } = "";

    /// <summary>The same pairs in interleaved runs.</summary>
    public static void RunInPairs()
    {
        PairedRuns.PrintHead();
        foreach (var request in Requests)
        {
            var benchmark = new RoutingBenchmarks { Request = request };
            benchmark.SetUp();
            PairedRuns.Print(request, benchmark.MapMethods_alone, benchmark.With_HttpQuery);
        }
    }

    [GlobalSetup]
    public void SetUp()
    {
        var parts = Request.Split(' ', 3);
        _context.Request.Method = HttpMethods.GetCanonicalizedValue(parts[0]); // as servers do
        _context.Request.Path = parts[1];
        _context.Features.Set<IHttpRequestBodyDetectionFeature>(new Content());
        if (parts.Length > 2) (_context.Request.ContentType, _context.Request.ContentLength) = (parts[2], 2);
    }

    [Benchmark(Baseline = true)]
    public Task MapMethods_alone() => Run(_plain);

    [Benchmark]
    public Task With_HttpQuery() => Run(_httpQuery);

    private Task Run(RequestDelegate application)
    {
        _context.SetEndpoint(null);
        return application(_context);
    }

    private static RequestDelegate Build(bool withHttpQuery)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        if (withHttpQuery) builder.Services.AddHttpQuery();
        var services = builder.Build().Services;

        var application = new ApplicationBuilder(services);
        application.UseRouting();
        application.UseEndpoints(endpoints =>
        {
            endpoints.MapMethods("/rfcs", [HttpMethods.Query], context => Task.CompletedTask).WithMetadata(new AcceptsMetadata(["application/json"]));
            endpoints.MapMethods("/raw", [HttpMethods.Query], context => Task.CompletedTask);
            endpoints.MapMethods("/rfcs", [HttpMethods.Get], context => Task.CompletedTask);
            endpoints.MapMethods("/rfcs", [HttpMethods.Post], context => Task.CompletedTask);
        });
        return application.Build();
    }

    // Every server has this feature; a bare DefaultHttpContext has not.
    private sealed class Content : IHttpRequestBodyDetectionFeature
    {
        public bool CanHaveBody => true;
    }
}
