using System.Reflection;
using System.Runtime.CompilerServices;

namespace HttpQuery.Caching.Tests.Architecture;

/// <summary>The engine keeps its state in phases: a type with many mutable fields is one that has to be driven in the right order by hand.</summary>
public class MutableStateTests
{
    private const int MostMutableFields = 5;

    [Fact]
    public void No_type_keeps_more_than_five_mutable_fields()
    {
        Type[] types = [.. typeof(QueryCache).Assembly.GetTypes().Where(type => type.IsClass && !typeof(QueryCacheOptionsBase).IsAssignableFrom(type) && !IsGenerated(type))];
        Assert.Contains(types, type => MutableFields(type).Length > 0);
        Assert.All(types, type => Assert.True(
            MutableFields(type).Length <= MostMutableFields, $"{type} has the mutable fields {string.Join(", ", MutableFields(type).Select(field => field.Name))}."));
    }

    private static FieldInfo[] MutableFields(Type type) =>
        [.. type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly).Where(field => !field.IsInitOnly && !field.IsLiteral && !field.Name.EndsWith(">P", StringComparison.Ordinal))];

    private static bool IsGenerated(Type type) =>
        type.IsDefined(typeof(CompilerGeneratedAttribute)) || (type.DeclaringType is { } declaring && IsGenerated(declaring)) || type.Name.Contains('<', StringComparison.Ordinal);
}
