using BenchmarkDotNet.Attributes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
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

    /// <summary>Method and Content-Type of the request.</summary>
    [Params("QUERY application/json", "QUERY application/json; charset=utf-8", "GET", "POST application/json")]
    public string Request { get; set; } = "";

    [GlobalSetup]
    public void SetUp()
    {
        var parts = Request.Split(' ', 2);
        _context.Request.Method = parts[0];
        _context.Request.Path = "/rfcs";
        if (parts.Length > 1) (_context.Request.ContentType, _context.Request.ContentLength) = (parts[1], 2);
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
            endpoints.MapMethods("/rfcs", [HttpMethods.Get], context => Task.CompletedTask);
            endpoints.MapMethods("/rfcs", [HttpMethods.Post], context => Task.CompletedTask);
        });
        return application.Build();
    }
}
