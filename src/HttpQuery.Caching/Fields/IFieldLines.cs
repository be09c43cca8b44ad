using Microsoft.Extensions.Primitives;

namespace HttpQuery.Caching;

/// <summary>The fields of a message, wherever they lie.</summary>
internal interface IFieldLines
{
    /// <summary>The lines of a field in the order they were received; none where there is no such field.</summary>
    /// <param name="name">The name of the field, in any case.</param>
    StringValues this[string name] { get; }
}
