using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace HttpQuery.Negotiation;

/// <summary>Rejects, when routes are built, a writer that would never get a value to write: the endpoint would
/// announce its media type, and send JSON.</summary>
internal static class ResponseWriterCheck
{
    /// <exception cref="InvalidOperationException">The handler returns no value that any writer of
    /// <paramref name="mediaType"/> writes.</exception>
    public static void Check(EndpointBuilder endpoint, MediaType mediaType)
    {
        if (endpoint.Metadata.OfType<IHttpMethodMetadata>().LastOrDefault()?.HttpMethods.Any(HttpMethods.IsQuery) is not true)
            return;
        if (endpoint.Metadata.OfType<MethodInfo>().LastOrDefault() is not { ReturnType: var returned }) return;

        Type[] written = [.. endpoint.Metadata.OfType<ProducesMetadata>()
            .Where(metadata => metadata.MediaTypes.Contains(mediaType))
            .Select(metadata => metadata.ValueType)
            .OfType<Type>()];
        var value = Awaited(returned);
        if (written.Length == 0 || Array.Exists(written, type => CanBe(value, type, isWithin: false))) return;
        throw new InvalidOperationException(
            $"'{endpoint.DisplayName}' returns {value}, but its response writer for {mediaType} "
            + $"takes {string.Join(", ", written.Select(type => type.ToString()))}. "
            + "Call WithResponseWriter with the type that the handler returns, or with a base type or an interface of it.");
    }

    private static Type Awaited(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() is var definition
        && (definition == typeof(Task<>) || definition == typeof(ValueTask<>))
            ? type.GenericTypeArguments[0]
            : type;

    // A handler may declare a wider type than it returns. The type arguments of a result name its values.
    // A result without type arguments may hold any value, but within Results<...> each value has its own result type.
    private static bool CanBe(Type returned, Type written, bool isWithin)
    {
        if (written.IsAssignableFrom(returned) || returned.IsAssignableFrom(written)) return true;
        if (!typeof(IResult).IsAssignableFrom(returned)) return false;
        return returned.IsGenericType
            ? Array.Exists(returned.GenericTypeArguments, argument => CanBe(argument, written, isWithin: true))
            : !isWithin;
    }
}
