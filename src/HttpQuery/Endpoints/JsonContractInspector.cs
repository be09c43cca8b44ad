using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace HttpQuery.Endpoints;

/// <summary>Decides whether a type can show how its JSON was spelled: insignificant white space, and escapes in strings.</summary>
/// <remarks>Scalars, objects, lists and dictionaries that System.Text.Json reads by itself keep only values. A custom converter sees the
/// reader, and <see cref="JsonElement"/>, <see cref="JsonDocument"/>, JSON nodes and <see cref="object"/> keep the text. Type
/// discriminators and reference metadata are rejected too: this class does not check how their names are read.</remarks>
internal static class JsonContractInspector
{
    // A larger contract is not examined to its end, and counts as one that shows the spelling.
    private const int MaximumTypes = 256;

    // Without TimeSpan, TimeOnly and Version: their converters limit the length of the text as sent, escapes included.
    private static readonly HashSet<Type> Scalars =
    [
        typeof(bool), typeof(char), typeof(string), typeof(sbyte), typeof(byte), typeof(short), typeof(ushort), typeof(int), typeof(uint),
        typeof(long), typeof(ulong), typeof(Int128),
        typeof(UInt128), typeof(Half), typeof(float), typeof(double), typeof(decimal),
        typeof(DateTime), typeof(DateTimeOffset), typeof(DateOnly), typeof(Guid),
        typeof(Uri), typeof(byte[]), typeof(Memory<byte>), typeof(ReadOnlyMemory<byte>),
    ];

    // Converters that pass the value to the converter of another type.
    private static readonly string[] Wrappers =
        ["System.Nullable`1", "Microsoft.FSharp.Core.FSharpOption`1", "Microsoft.FSharp.Core.FSharpValueOption`1"];

    /// <summary>Whether texts that differ only in spelling produce equal values of <paramref name="type"/>. The
    /// application's settings may make it throw.</summary>
    public static bool HidesSpelling(Type type, JsonSerializerOptions options) =>
        options.TryGetTypeInfo(type, out var root) && HidesSpelling(root);

    /// <inheritdoc cref="HidesSpelling(Type, JsonSerializerOptions)"/>
    public static bool HidesSpelling(JsonTypeInfo root)
    {
        var options = root.Options;
        if (IsText(root.Type) || !IsPlain(options)) return false;

        var seen = new HashSet<Type> { root.Type };
        var pending = new Stack<JsonTypeInfo>([root]);
        while (pending.TryPop(out var info))
        {
            if (!IsKnown(info)) return false;
            foreach (var part in GetParts(info))
            {
                if (part is null) return false;
                if (!seen.Add(part)) continue;
                if (seen.Count > MaximumTypes || !options.TryGetTypeInfo(part, out var next)) return false;
                pending.Push(next);
            }
        }
        return true;
    }

    // Content of these types may be taken as it is, without a JSON reader.
    private static bool IsText(Type type) =>
        type == typeof(string) || type == typeof(byte[]) || type == typeof(Memory<byte>) || type == typeof(ReadOnlyMemory<byte>)
        || typeof(Stream).IsAssignableFrom(type) || typeof(System.IO.Pipelines.PipeReader).IsAssignableFrom(type);

    private static bool IsPlain(JsonSerializerOptions options)
    {
        foreach (var converter in options.Converters)
        {
            if (!IsPlatformConverter(converter.GetType())) return false;
        }
        return options.ReferenceHandler is null || options.ReferenceHandler == ReferenceHandler.IgnoreCycles;
    }

    private static bool IsKnown(JsonTypeInfo info) =>
        IsPlatformConverter(info.Converter.GetType()) && info.PolymorphismOptions is null && info.Kind switch
        {
            JsonTypeInfoKind.None => info.Type.IsEnum || Scalars.Contains(info.Type) || IsWrapper(info),
            JsonTypeInfoKind.Object or JsonTypeInfoKind.Enumerable or JsonTypeInfoKind.Dictionary => info.Type != typeof(object),
            _ => false,
        };

    private static bool IsWrapper(JsonTypeInfo info) =>
        info is { ElementType: not null, Type.IsGenericType: true } && Wrappers.Contains(info.Type.GetGenericTypeDefinition().FullName);

    // The types of the parts that are read; null stands for an unknown type.
    private static IEnumerable<Type?> GetParts(JsonTypeInfo info)
    {
        if (info.KeyType is { } key) yield return key;
        if (info.ElementType is { } element) yield return element;
        if (info.Kind is not JsonTypeInfoKind.Object) yield break;
        foreach (var property in info.Properties)
        {
            if (property.IsExtensionData) yield return null;
            else if (IsRead(property, info)) yield return IsConverted(property) ? null : property.PropertyType;
        }
    }

    // A property without a setter or a constructor parameter keeps its value, unless it is filled in place.
    private static bool IsRead(JsonPropertyInfo property, JsonTypeInfo owner) =>
        property.Set is not null || property.AssociatedParameter is not null
        || (property.ObjectCreationHandling ?? owner.PreferredPropertyObjectCreationHandling
                ?? owner.Options.PreferredObjectCreationHandling)
            is JsonObjectCreationHandling.Populate;

    // At a property of type T?, a platform converter wraps a converter for T, so the attribute must say which converter it is.
    private static bool IsConverted(JsonPropertyInfo property)
    {
        if (property.CustomConverter is not { } converter) return false;
        var attributes = property.AttributeProvider?.GetCustomAttributes(typeof(JsonConverterAttribute), inherit: true) ?? [];
        return !IsPlatformConverter(converter.GetType()) || attributes is not [JsonConverterAttribute { ConverterType: { } type } attribute]
            || attribute.GetType() != typeof(JsonConverterAttribute) || !IsPlatformConverter(type);
    }

    private static bool IsPlatformConverter(Type converter) => converter.Assembly == typeof(JsonConverter).Assembly;
}
