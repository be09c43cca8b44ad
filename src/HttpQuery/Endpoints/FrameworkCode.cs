using System.Diagnostics;

namespace HttpQuery.Endpoints;

/// <summary>Tells code of the framework, and of this library, from code of the application.</summary>
internal static class FrameworkCode
{
    // What builds the delegate of a handler: at run time, at compile time (the request delegate generator), for an action, and MapQuery.
    private static readonly string[] HandlerBuilders =
        ["Microsoft.AspNetCore.Http.RequestDelegateFactory+", "Microsoft.AspNetCore.Http.Generated.", "Microsoft.AspNetCore.Mvc.", "HttpQuery.HttpQueryEndpointRouteBuilderExtensions+"];

    private static readonly string[] FilterBuilders =
        ["Microsoft.AspNetCore.Http.Validation.ValidationEndpointFilterFactory", "Microsoft.AspNetCore.Builder.HttpQueryEndpointConventionBuilderExtensions+"];

    /// <summary>Whether a handler's delegate is as it was built. A convention of the application may have put another one before it.</summary>
    public static bool BuiltHandler(Delegate handler) => IsDeclaredBy(handler, HandlerBuilders);

    /// <summary>Whether an endpoint filter does not look at the request's content.</summary>
    public static bool BuiltFilter(Delegate factory) => IsDeclaredBy(factory, FilterBuilders);

    /// <summary>Whether a type is declared by ASP.NET Core, or here.</summary>
    public static bool Declares(Type type) =>
        type.Assembly == typeof(FrameworkCode).Assembly || type.Assembly.GetName().Name?.StartsWith("Microsoft.AspNetCore.", StringComparison.Ordinal) is true;

    // A trimmed program may have kept no name: then it is not known to be the framework's.
    private static bool IsDeclaredBy(Delegate code, string[] types) =>
        DiagnosticMethodInfo.Create(code)?.DeclaringTypeName is { } name && Array.Exists(types, type => name.StartsWith(type, StringComparison.Ordinal));
}
