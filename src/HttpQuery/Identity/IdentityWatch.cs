using System.Security.Claims;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Features.Authentication;

namespace HttpQuery.Identity;

/// <summary>Records whether code behind the cache asked for the user: the response may then be for a user that was not looked up.</summary>
/// <remarks>A request counts as asked after a call of the authentication service, successful or not, after an assignment of
/// <c>HttpContext.User</c>, and after a read of a client certificate that was unknown before.</remarks>
internal sealed class IdentityWatch : IDisposable
{
    private readonly IFeatureCollection _features;
    private readonly IHttpAuthenticationFeature? _authentication;
    private readonly ITlsConnectionFeature? _tls;
    private readonly IdentityWatch? _outer;

    private IdentityWatch(HttpContext context)
    {
        _features = context.Features;
        _authentication = _features.Get<IHttpAuthenticationFeature>();
        _tls = _features.Get<ITlsConnectionFeature>();
        _outer = _features.Get<IdentityWatch>();
    }

    /// <summary>Whether code has asked for the user since the watch began.</summary>
    public bool WasAccessed { get; private set; }

    /// <summary>Starts to watch a request.</summary>
    public static IdentityWatch Begin(HttpContext context)
    {
        var watch = new IdentityWatch(context);
        watch._features.Set(watch);
        watch._features.Set<IHttpAuthenticationFeature>(new WatchedAuthentication(watch, watch._authentication));

        // A certificate that is already known is part of the user that was looked up.
        if (watch._tls is { } tls && GetCertificate(watch._features) is null)
            watch._features.Set<ITlsConnectionFeature>(new WatchedTls(watch, tls));
        return watch;
    }

    /// <summary>Records that code asks for the user of a request.</summary>
    public static void RecordAccess(HttpContext context)
    {
        for (var watch = context.Features.Get<IdentityWatch>(); watch is not null; watch = watch._outer) watch.WasAccessed = true;
    }

    /// <summary>Returns the client certificate, if it is already known. This read is not recorded.</summary>
    public static X509Certificate2? GetCertificate(IFeatureCollection features) =>
        (features[typeof(ITlsConnectionFeature)] as ITlsConnectionFeature) switch
        {
            WatchedTls watched => watched.Known,
            var tls => tls?.ClientCertificate,
        };

    /// <summary>Ends the watch. A user that was set behind the cache stays.</summary>
    public void Dispose()
    {
        if (_features.Get<IHttpAuthenticationFeature>() is WatchedAuthentication { User: var user }
            && user is not null && _authentication is null)
            _features.Set<IHttpAuthenticationFeature>(new HttpAuthenticationFeature { User = user });
        else if (_features.Get<IHttpAuthenticationFeature>() is WatchedAuthentication)
            _features.Set(_authentication);
        if (_features.Get<ITlsConnectionFeature>() is WatchedTls) _features.Set(_tls);
        _features.Set(_outer);
    }

    private sealed class WatchedAuthentication(IdentityWatch watch, IHttpAuthenticationFeature? inner) : IHttpAuthenticationFeature
    {
        private readonly IHttpAuthenticationFeature _inner = inner ?? new HttpAuthenticationFeature();

        public ClaimsPrincipal? User
        {
            get => _inner.User;
            set
            {
                // HttpContext.User creates an empty principal if there is none; that does not count.
                watch.WasAccessed |= !ReferenceEquals(value, _inner.User)
                    && (value is null || _inner.User is not null || UserDigest.IsKnown(value));
                _inner.User = value;
            }
        }
    }

    private sealed class WatchedTls(IdentityWatch watch, ITlsConnectionFeature inner) : ITlsConnectionFeature
    {
        // A watch around this one must not take this read for that of the application.
        public X509Certificate2? Known => inner is WatchedTls outer ? outer.Known : inner.ClientCertificate;

        public X509Certificate2? ClientCertificate
        {
            get
            {
                watch.WasAccessed = true;
                return inner.ClientCertificate;
            }
            set
            {
                watch.WasAccessed = true;
                inner.ClientCertificate = value;
            }
        }

        public Task<X509Certificate2?> GetClientCertificateAsync(CancellationToken cancellationToken)
        {
            watch.WasAccessed = true;
            return inner.GetClientCertificateAsync(cancellationToken);
        }
    }
}
