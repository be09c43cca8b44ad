using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.DependencyInjection;

namespace HttpQuery.Identity;

/// <summary>Puts the watch around the application's authentication, in whichever order <c>AddAuthentication</c> and our own
/// registrations are called.</summary>
internal static class IdentityWatchRegistration
{
    public static void Add(IServiceCollection services)
    {
        Wrap<IAuthenticationService, AuthenticationService>(services, inner => new WatchedAuthenticationService(inner));
        Wrap<IAuthenticationHandlerProvider, AuthenticationHandlerProvider>(services, inner => new WatchedAuthenticationHandlers(inner));
    }

    // AddAuthentication uses TryAddScoped: if it is called later, ours stays, and creates the service that it would have registered.
    private static void Wrap<TService, [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TDefault>(
        IServiceCollection services, Func<TService, TService> wrap)
        where TService : class
        where TDefault : class, TService
    {
        var last = services.LastOrDefault(service => service.ServiceType == typeof(TService) && !service.IsKeyedService);
        if (last?.ImplementationFactory?.Target is Factory<TService>) return;
        if (last is not null) services.Remove(last);
        var factory = new Factory<TService>(last, provider => ActivatorUtilities.CreateInstance<TDefault>(provider), wrap);
        services.Add(new(typeof(TService), factory.Create, last?.Lifetime ?? ServiceLifetime.Scoped));
    }

    private sealed class Factory<TService>(
        ServiceDescriptor? wrapped, Func<IServiceProvider, TService> byDefault, Func<TService, TService> wrap)
        where TService : class
    {
        // Without AddAuthentication the service is null, as if ours were not registered.
        public object Create(IServiceProvider provider)
        {
            if (wrapped is not null) return wrap(Inner(provider, wrapped));
            return provider.GetService<IAuthenticationSchemeProvider>() is null ? null! : wrap(byDefault(provider));
        }

        [UnconditionalSuppressMessage(
            "Trimming", "IL2072", Justification = "ServiceDescriptor keeps the public constructors of its implementation type.")]
        private static TService Inner(IServiceProvider provider, ServiceDescriptor descriptor) => (TService)(
            descriptor.ImplementationInstance
            ?? descriptor.ImplementationFactory?.Invoke(provider)
            ?? ActivatorUtilities.CreateInstance(provider, descriptor.ImplementationType!));
    }
}
