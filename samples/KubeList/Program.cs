using System.Text.Json;
using KubeList;
using KubeList.Data;
using KubeList.Errors;
using KubeList.Lists;
using KubeList.Store;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

var builder = WebApplication.CreateBuilder(args);
if (builder.Configuration["urls"] is null) builder.WebHost.UseUrls("http://127.0.0.1:8080");

ClusterState cluster;
KubeListOptions limits;
try
{
    limits = KubeListOptions.Read(builder.Configuration);
    cluster = ClusterSource.Read(builder.Configuration);
}
catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException or FormatException)
{
    await Console.Error.WriteLineAsync($"KubeList cannot start: {error.Message}");
    return 1;
}

builder.Services.AddHttpQuery();
builder.Services.AddSingleton(Options.Create(limits));
builder.Services.TryAddSingleton(TimeProvider.System);
builder.Services.AddSingleton<IProblemDetailsService, StatusProblemDetailsService>();
builder.Services.AddSingleton(services => new ClusterStore(cluster, services.GetRequiredService<TimeProvider>()));
builder.Services.AddSingleton<PinnedSnapshots>();
builder.Services.AddSingleton<ListReader>();

var app = builder.Build();
app.UseExceptionHandler(new ExceptionHandlerOptions
{
    StatusCodeSelector = error => error is BadHttpRequestException bad ? bad.StatusCode : StatusCodes.Status500InternalServerError,
});
app.UseStatusCodePages();
app.MapKubeList();
if (app.Configuration["quiet"] is not "true")
    app.Lifetime.ApplicationStarted.Register(() => Console.Out.Write(Greeting.Text(app.Urls.First(), cluster)));
await app.RunAsync();
return 0;
