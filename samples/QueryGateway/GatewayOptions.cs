using System.Globalization;
using QueryGateway.Management;
using StackExchange.Redis;

namespace QueryGateway;

/// <summary>What the gateway is told, by arguments such as <c>--origin URL</c> or by settings of the same names; checked at start-up.</summary>
internal sealed class GatewayOptions
{
    /// <summary>Where requests are forwarded to: scheme, host and port.</summary>
    public required Uri Origin { get; init; }

    /// <summary>A further address, for HTTP/2 with prior knowledge. Default none.</summary>
    public Uri? H2c { get; init; }

    /// <summary>Where health, metrics and purge are served. Default none. A loopback address, unless <c>--management-public</c> is there too.</summary>
    public ManagementAddress? Management { get; init; }

    /// <summary>The Redis that keeps what is cached, for several gateways together: host and port, or more as StackExchange.Redis reads it. Default none: memory.</summary>
    public ConfigurationOptions? Redis { get; init; }

    /// <summary>Whether every request goes to the origin. Default <see langword="false"/>.</summary>
    public bool NoCache { get; init; }

    /// <summary>How long a connection to the origin may take. Default 10 seconds. Then 504.</summary>
    public TimeSpan ConnectTimeout { get; init; }

    /// <summary>How long the origin, or the client, may be silent while it is its turn. Default 100 seconds. Then 504, or the connection is closed where the response has begun.</summary>
    public TimeSpan ActivityTimeout { get; init; }

    /// <summary>Maximum client connections at a time. Default 10,000. Further ones are closed without an answer.</summary>
    public int MaximumConnections { get; init; }

    /// <summary>Reads the options.</summary>
    /// <exception cref="FormatException">One is missing, malformed, or cannot work.</exception>
    public static GatewayOptions Read(IConfiguration configuration) => new()
    {
        Origin = Url(configuration, "origin", "http", "https")
            ?? throw new FormatException("Say where to forward to: --origin http://127.0.0.1:8080, or Origin in appsettings.json."),
        H2c = Url(configuration, "h2c", "http"),
        Management = configuration["management"] is { Length: > 0 } management ? ManagementAddress.Parse(management, Switch(configuration, "management-public")) : null,
        Redis = Server(configuration, "redis"),
        NoCache = Switch(configuration, "no-cache"),
        ConnectTimeout = Duration(configuration, "connect-timeout", TimeSpan.FromSeconds(10)),
        ActivityTimeout = Duration(configuration, "activity-timeout", TimeSpan.FromSeconds(100)),
        MaximumConnections = Count(configuration, "maximum-connections", 10_000),
    };

    private static Uri? Url(IConfiguration configuration, string name, params string[] schemes) =>
        configuration[name] is { Length: > 0 } text ? ParseUrl(name, text, schemes) : null;

    /// <summary>Reads a URL of scheme, host and port alone. A target is forwarded as it came, so no path can stand before it.</summary>
    /// <exception cref="FormatException">It is malformed, or has more.</exception>
    internal static Uri ParseUrl(string name, string text, params string[] schemes)
    {
        if (Uri.TryCreate(text, UriKind.Absolute, out var uri) && schemes.Contains(uri.Scheme) && uri.PathAndQuery is "/" && uri.Fragment.Length == 0 && uri.UserInfo.Length == 0)
            return uri;
        throw new FormatException($"--{name} must be a URL of scheme ({string.Join(" or ", schemes)}), host and port alone, such as {schemes[0]}://127.0.0.1:8080; it is '{text}'.");
    }

    // The gateway starts and runs without it, too, and waits for no connection: without Redis each request is a miss, at once.
    private static ConfigurationOptions? Server(IConfiguration configuration, string name)
    {
        if (configuration[name] is not { Length: > 0 } text) return null;
        try
        {
            var options = ConfigurationOptions.Parse(text);
            options.AbortOnConnectFail = false;
            options.BacklogPolicy = BacklogPolicy.FailFast;
            if (options.EndPoints.Count > 0) return options;
        }
        catch (ArgumentException error)
        {
            throw new FormatException($"--{name} must be HOST:PORT, such as 127.0.0.1:6379: {error.Message}", error);
        }
        throw new FormatException($"--{name} must be HOST:PORT, such as 127.0.0.1:6379; it is '{text}'.");
    }

    private static bool Switch(IConfiguration configuration, string name)
    {
        if (configuration[name] is not { Length: > 0 } text) return false;
        return bool.TryParse(text, out var value) ? value : throw new FormatException($"--{name} stands alone, or is true or false; it is '{text}'.");
    }

    private static int Count(IConfiguration configuration, string name, int byDefault)
    {
        if (configuration[name] is not { Length: > 0 } text) return byDefault;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value > 0 ? value : throw new FormatException($"--{name} must be a positive number; it is '{text}'.");
    }

    private static TimeSpan Duration(IConfiguration configuration, string name, TimeSpan byDefault)
    {
        if (configuration[name] is not { Length: > 0 } text) return byDefault;
        return TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var value) && value > TimeSpan.Zero && value < TimeSpan.FromDays(1)
            ? value
            : throw new FormatException($"--{name} must be hours:minutes:seconds, more than nothing and less than a day; it is '{text}'.");
    }
}
