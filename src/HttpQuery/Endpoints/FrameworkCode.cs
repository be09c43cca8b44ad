using System.Diagnostics;

namespace HttpQuery.Endpoints;

/// <summary>Distinguishes code of the framework and of this library from code of the application.</summary>
internal static class FrameworkCode
{
    // Builders of a handler's delegate: at run time, at compile time (the request delegate generator), for an action, and MapQuery.
    private static readonly string[] HandlerBuilders =
    [
        "Microsoft.AspNetCore.Http.RequestDelegateFactory+", "Microsoft.AspNetCore.Http.Generated.",
        "Microsoft.AspNetCore.Mvc.", "HttpQuery.HttpQueryEndpointRouteBuilderExtensions+"
    ];

    private static readonly string[] FilterBuilders =
    [
        "Microsoft.AspNetCore.Http.Validation.ValidationEndpointFilterFactory",
        "Microsoft.AspNetCore.Builder.HttpQueryEndpointConventionBuilderExtensions+"
    ];

    /// <summary>Whether a handler's delegate is as it was built. A convention of the application may have put another one in front of
    /// it.</summary>
    public static bool BuiltHandler(Delegate handler) => IsDeclaredBy(handler, HandlerBuilders);

    /// <summary>Whether an endpoint filter does not read the request's content.</summary>
    public static bool BuiltFilter(Delegate factory) => IsDeclaredBy(factory, FilterBuilders);

    /// <summary>Whether ASP.NET Core or this library declares a type.</summary>
    public static bool Declares(Type type) =>
        type.Assembly == typeof(FrameworkCode).Assembly
        || type.Assembly.GetName().Name?.StartsWith("Microsoft.AspNetCore.", StringComparison.Ordinal) is true;

    // A trimmed program may have kept no name: the code then does not count as the framework's.
    private static bool IsDeclaredBy(Delegate code, string[] types) =>
        DiagnosticMethodInfo.Create(code)?.DeclaringTypeName is { } name
        && Array.Exists(types, type => name.StartsWith(type, StringComparison.Ordinal));
}
