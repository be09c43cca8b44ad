using KubeList.Store;

namespace KubeList.Errors;

/// <summary>What Kubernetes answers instead of problem details: a <c>Status</c> whose code is the HTTP status.</summary>
internal sealed record KubeStatus(int Code, string Reason, string Message)
{
    /// <summary>The object's name, in <c>details</c>.</summary>
    public string? Name { get; init; }

    /// <summary>The API group in <c>details</c>; empty for the core group.</summary>
    public string? Group { get; init; }

    /// <summary>The resource or type in <c>details</c>.</summary>
    public string? Kind { get; init; }

    public IReadOnlyList<StatusCause> Causes { get; init; } = [];

    /// <summary>Seconds, in <c>details</c> and in the field <c>Retry-After</c>.</summary>
    public int? RetryAfterSeconds { get; init; }

    /// <summary>A token to go on from in the newest state, in <c>metadata</c>.</summary>
    public string? Continue { get; init; }

    public static KubeStatus BadRequest(string message) => new(StatusCodes.Status400BadRequest, "BadRequest", message);

    public static KubeStatus NotFound(ResourceKind kind, string name) =>
        new(StatusCodes.Status404NotFound, "NotFound", $"{kind.Plural} \"{name}\" not found") { Name = name, Kind = kind.Plural };

    public static KubeStatus WatchNotSupported(ResourceKind kind) =>
        new(StatusCodes.Status405MethodNotAllowed, "MethodNotAllowed", $"watch is not supported on resources of kind \"{kind.Plural}\"")
        {
            Kind = kind.Plural,
        };

    public static KubeStatus NotAcceptable() =>
        new(StatusCodes.Status406NotAcceptable, "NotAcceptable", "only the following media types are accepted: application/json");

    public static KubeStatus TooLarge(int limit) =>
        new(StatusCodes.Status413RequestEntityTooLarge, "RequestEntityTooLarge", $"Request entity too large: limit is {limit}");

    public static KubeStatus Expired(string message, string? continueToken = null) =>
        new(StatusCodes.Status410Gone, "Expired", message) { Continue = continueToken };

    /// <summary>The options parse but mean nothing.</summary>
    /// <param name="causes">The causes to tell.</param>
    /// <param name="untold">How many there are beside them.</param>
    public static KubeStatus Invalid(IReadOnlyList<StatusCause> causes, int untold)
    {
        var told = causes.Select(cause => cause.Field.Length == 0 ? cause.Message : $"{cause.Field}: {cause.Message}");
        var more = untold > 0 ? $"; and {untold} more" : "";
        return new(StatusCodes.Status422UnprocessableEntity, "Invalid",
            $"ListOptions.meta.k8s.io \"\" is invalid: {string.Join("; ", told)}{more}")
        {
            Group = "meta.k8s.io",
            Kind = "ListOptions",
            Causes = [.. causes],
        };
    }

    public static KubeStatus FutureRevision(ulong asked, long current) =>
        new(StatusCodes.Status504GatewayTimeout, "Timeout", $"Timeout: Too large resource version: {asked}, current: {current}")
        {
            Causes = [new("ResourceVersionTooLarge", "Too large resource version", "")],
            RetryAfterSeconds = 1,
        };

    /// <summary>The reason that belongs to a status code which the server, not this API, decided on.</summary>
    public static string ReasonOf(int code) => code switch
    {
        StatusCodes.Status400BadRequest => "BadRequest",
        StatusCodes.Status404NotFound => "NotFound",
        StatusCodes.Status405MethodNotAllowed => "MethodNotAllowed",
        StatusCodes.Status406NotAcceptable => "NotAcceptable",
        StatusCodes.Status413RequestEntityTooLarge => "RequestEntityTooLarge",
        StatusCodes.Status415UnsupportedMediaType => "UnsupportedMediaType",
        StatusCodes.Status422UnprocessableEntity => "Invalid",
        StatusCodes.Status429TooManyRequests => "TooManyRequests",
        >= 500 => "InternalError",
        _ => "Unknown",
    };
}
