using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using HttpQuery.CacheKeys;

namespace HttpQuery.Caching.Configuration;

/// <summary>Finds keys of a configuration section that set nothing, because binding ignores them silently.</summary>
internal static class ConfigurationKeys
{
    /// <summary>Returns an error for each key that is not an option of <typeparamref name="TOptions"/>, or gives one value for a
    /// list.</summary>
    /// <param name="section">The path of the section.</param>
    /// <param name="value">The value that stands in the place of the section, if there is one. It is an error, too.</param>
    /// <param name="keys">The keys of the section, each with its own value if it has one.</param>
    /// <param name="others">Keys that are allowed although they are not options.</param>
    public static IEnumerable<string> Validate<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] TOptions>(
        string section, string? value, IEnumerable<KeyValuePair<string, string?>> keys, params string[] others)
    {
        if (!string.IsNullOrEmpty(value)) yield return $"{section} is a section: write {section}:OPTION.";
        var options = typeof(TOptions).GetProperties()
            .Where(IsBindable).ToDictionary(option => option.Name, StringComparer.OrdinalIgnoreCase);
        foreach (var (key, single) in keys)
        {
            if (options.TryGetValue(key, out var option))
            {
                if (option.PropertyType == typeof(IList<string>) && !string.IsNullOrEmpty(single))
                    yield return $"{section}:{key} is a list: write {section}:{key}:0.";
            }
            else if (!others.Contains(key, StringComparer.OrdinalIgnoreCase))
            {
                yield return $"{section}:{key} is not an option. The options are {string.Join(
                    ", ", options.Keys.Concat(others).Order(StringComparer.Ordinal))}.";
            }
        }
    }

    // Delegates and the application's own objects are set in code.
    private static bool IsBindable(PropertyInfo option) =>
        !typeof(Delegate).IsAssignableFrom(option.PropertyType)
        && option.PropertyType != typeof(IList<IQueryContentNormalizer>);
}
