namespace HttpQuery.Fallback;

/// <summary>Where QUERY does not work: at a path, or at a server over one version of HTTP.</summary>
/// <param name="Scheme">The scheme of the requests.</param>
/// <param name="Authority">The authority that the requests name.</param>
/// <param name="Server">Host and port of the connection.</param>
/// <param name="Path">A path or a prefix, or <see langword="null"/> for all paths.</param>
/// <param name="Version">The version that requests ask for, or <see langword="null"/> for all.</param>
/// <param name="VersionPolicy">The policy of that version.</param>
internal readonly record struct FallbackKey(
    string Scheme, string Authority, string Server, string? Path, Version? Version, HttpVersionPolicy VersionPolicy);
