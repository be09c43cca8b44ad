using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace HttpQuery.Endpoints;

/// <summary>Checks the options of equivalent resources when they are first used; the host does so at start.</summary>
internal sealed class LocationOptionsValidation(IConfiguration? configuration = null) : IValidateOptions<HttpQueryOptions>
{
    private const int MinimumSecretLength = 32;
    private const int MaximumKeys = 16;

    // Kestrel accepts a request line of 8,192 bytes.
    private const int MaximumUriLength = 8000;

    public ValidateOptionsResult Validate(string? name, HttpQueryOptions options)
    {
        string[] failures = [.. Check(options)];
        return failures.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private IEnumerable<string> Check(HttpQueryOptions options)
    {
        // The binder skips a value in place of a list.
        if (!string.IsNullOrEmpty(configuration?["HttpQuery:LocationKeys"]))
            yield return "HttpQuery:LocationKeys is a list: write HttpQuery:LocationKeys:0.";
        if (options.LocationKeys.Count > MaximumKeys) yield return "HttpQuery:LocationKeys must have at most 16 secrets.";
        if (options.LocationKeys.Any(secret => secret is null || secret.Length < MinimumSecretLength))
            yield return "HttpQuery:LocationKeys must be secrets of at least 32 characters.";
        if (!IsPrefix(options.LocationPrefix))
            yield return "HttpQuery:LocationPrefix must be a path such as /_query, of letters, digits, '-', '.', '_' and '~'.";
        if (options.MaximumStatelessLocationLength is < 0 or > MaximumUriLength)
            yield return "HttpQuery:MaximumStatelessLocationLength must be between 0 and 8000 characters.";
        if (!IsLifetime(options.LocationLifetime)) yield return "HttpQuery:LocationLifetime must be between a second and a year.";
        if (!IsLifetime(options.StoredResultLifetime)) yield return "HttpQuery:StoredResultLifetime must be between a second and a year.";
        if (options.LocationStoreTimeout <= TimeSpan.Zero || options.LocationStoreTimeout > TimeSpan.FromDays(1))
            yield return "HttpQuery:LocationStoreTimeout must be positive and at most a day.";
        if (options.MaximumLocationStoreSize <= 0) yield return "HttpQuery:MaximumLocationStoreSize must be positive.";
    }

    private static bool IsLifetime(TimeSpan time) => time >= TimeSpan.FromSeconds(1) && time <= TimeSpan.FromDays(365);

    // Characters that no server and no proxy encodes.
    private static bool IsPrefix(string? prefix) =>
        prefix is ['/', ..]
        && prefix[1..].Split('/').All(segment => segment is not ("" or "." or "..")
            && segment.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or '~'));
}
