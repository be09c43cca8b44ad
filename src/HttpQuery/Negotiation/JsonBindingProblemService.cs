using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.DependencyInjection;

namespace HttpQuery.Negotiation;

/// <summary>Does the work of <see cref="JsonBindingProblemWriter"/> if the application's own
/// <see cref="IProblemDetailsService"/> does not ask the writers.</summary>
/// <remarks>The framework takes the service from the request's services, so the handler runs with services that return
/// this one. All other services pass through.</remarks>
internal sealed class JsonBindingProblemService(IProblemDetailsService inner) : IProblemDetailsService
{
    private const int FirstVersionThatAsks = 11;

    /// <summary>Returns the handler itself, or a handler that replaces the service if parameters are bound on a
    /// version of .NET that reports problems.</summary>
    public static RequestDelegate Wrap(RequestDelegate handler, Endpoint endpoint) =>
        Environment.Version.Major >= FirstVersionThatAsks && endpoint.Metadata.GetMetadata<IParameterBindingMetadata>() is not null
            ? new Handler(handler).InvokeAsync
            : handler;

    public async ValueTask WriteAsync(ProblemDetailsContext context)
    {
        if (JsonBindingProblemWriter.IsBindingProblem(context)) await JsonBindingProblemWriter.ReplaceAsync(context.HttpContext);
        else await inner.WriteAsync(context);
    }

    public async ValueTask<bool> TryWriteAsync(ProblemDetailsContext context)
    {
        if (!JsonBindingProblemWriter.IsBindingProblem(context)) return await inner.TryWriteAsync(context);
        await JsonBindingProblemWriter.ReplaceAsync(context.HttpContext);
        return true;
    }

    private sealed class Handler(RequestDelegate next)
    {
        private bool? _asksWriters;

        public Task InvokeAsync(HttpContext context)
        {
            // An application has one service, or none, for its whole life.
            _asksWriters ??= context.RequestServices.GetService<IProblemDetailsService>() is not { } service || IsFrameworkService(service);
            return _asksWriters.Value ? next(context) : InvokeWithAsync(context);
        }

        private static bool IsFrameworkService(IProblemDetailsService service) =>
            service.GetType().Assembly == typeof(ProblemDetailsOptions).Assembly;

        private async Task InvokeWithAsync(HttpContext context)
        {
            var services = context.RequestServices;
            context.RequestServices = new Services(services);
            try
            {
                await next(context);
            }
            finally
            {
                context.RequestServices = services;
            }
        }
    }

    private sealed class Services(IServiceProvider inner) : IKeyedServiceProvider, ISupportRequiredService
    {
        public object? GetService(Type serviceType) => Replace(inner.GetService(serviceType), serviceType);

        public object GetRequiredService(Type serviceType) => Replace(inner.GetRequiredService(serviceType), serviceType)!;

        public object? GetKeyedService(Type serviceType, object? serviceKey) => inner.GetKeyedService(serviceType, serviceKey);

        public object GetRequiredKeyedService(Type serviceType, object? serviceKey) =>
            inner.GetRequiredKeyedService(serviceType, serviceKey);

        private static object? Replace(object? service, Type type) =>
            type == typeof(IProblemDetailsService) && service is IProblemDetailsService own ? new JsonBindingProblemService(own) : service;
    }
}
