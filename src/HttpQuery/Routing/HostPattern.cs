using Microsoft.AspNetCore.Http;

namespace HttpQuery.Routing;

/// <summary>One host of <c>RequireHost</c>: <c>a.test</c>, <c>*.test</c> or <c>*</c>, each with or without a port.</summary>
internal readonly record struct HostPattern(string Name, int? Port)
{
    /// <summary>Every host on every port: used for endpoints that name no host.</summary>
    public static HostPattern Any { get; } = new("*", null);

    public static HostPattern Parse(string text)
    {
        var host = new HostString(text);
        return new(host.Host.ToLowerInvariant(), host.Port);
    }

    /// <summary>Sort order: exact names before wildcards, longer before shorter, with a port before
    /// without. The first match is the narrowest.</summary>
    public (bool, int, bool) Breadth => (Name.StartsWith('*'), -Name.Length, Port is null);

    public bool Matches(string host, int? port) => (Port is null || Port == port) && MatchesName(host);

    /// <summary>Whether every host that matches <paramref name="other"/> matches here.</summary>
    public bool Covers(HostPattern other) => (Port is null || Port == other.Port) && MatchesName(other.Name);

    private bool MatchesName(string host) =>
        Name is "*"
        || (Name.StartsWith("*.", StringComparison.Ordinal)
            ? host.Length > Name.Length - 1 && host.EndsWith(Name[1..], StringComparison.OrdinalIgnoreCase)
            : Name.Equals(host, StringComparison.OrdinalIgnoreCase));
}
