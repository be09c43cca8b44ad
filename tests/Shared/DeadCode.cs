using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace HttpQuery.Tests.Shared;

/// <summary>Finds internal and private code that nothing in <c>src</c> uses. Code that only tests use counts as unused.</summary>
/// <remarks>A member is used if its name occurs a second time in the sources. So a member with a common name may go unnoticed, but a member
/// that is reported is unused.</remarks>
internal static partial class DeadCode
{
    private const BindingFlags Declared =
        BindingFlags.DeclaredOnly | BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;

    /// <summary>Returns the names of unused types and members, for example <c>CacheEpoch.IsLong</c>.</summary>
    public static IReadOnlyList<string> Find(Assembly assembly)
    {
        var code = ReadCode();
        var counts = Name().Matches(code).CountBy(match => match.Value).ToDictionary(StringComparer.Ordinal);
        var unused = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var type in assembly.GetTypes().Where(type => !IsGenerated(type)))
        {
            // A static class is used by its members.
            if (!type.IsVisible && !(type.IsAbstract && type.IsSealed) && !IsUsed(type.Name)) unused.Add(type.Name);
            foreach (var member in type.GetMembers(Declared).Where(member => IsOwn(type, member)))
                if (!(type.IsEnum ? IsMade(type.Name, member.Name) : IsUsed(member.Name))) unused.Add($"{type.Name}.{member.Name}");
        }
        return [.. unused];

        bool IsUsed(string name) => counts.GetValueOrDefault(name.Split('`')[0]) > 1;

        // Code that only compares with a value does not make one. A conversion may make each of them.
        bool IsMade(string type, string value) =>
            code.Contains($"({type})", StringComparison.Ordinal)
            || Regex.IsMatch(code, $@"(?<!(?:is|or|not) (?:\w+\.)*){type}\.{value}\b(?!\s*(?:=>|or\b))");
    }

    // Whether a member can be removed: it is not public API, not compiler-generated, and no base type or interface requires it.
    private static bool IsOwn(Type type, MemberInfo member)
    {
        if (IsGenerated(member) || typeof(Delegate).IsAssignableFrom(type)) return false;
        return member switch
        {
            Type => false,
            // States of a machine may be stepped through, and zero is the default.
            FieldInfo { IsLiteral: true } value when type.IsEnum => !type.IsVisible && !type.IsNested
                && Convert.ToInt64(value.GetRawConstantValue()) != 0,
            FieldInfo field => !(type.IsVisible && IsPublic(field)) && !type.IsEnum,
            PropertyInfo property => property.GetIndexParameters().Length == 0 && !IsRecordParameter(type, property)
                && property.GetAccessors(nonPublic: true).All(accessor => IsOwnMethod(type, accessor)),
            EventInfo => false,
            MethodInfo method => !method.IsSpecialName && IsOwnMethod(type, method),
            _ => false,
        };
    }

    private static bool IsOwnMethod(Type type, MethodInfo method)
    {
        if (type.IsVisible && (method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly)) return false;
        if (method.GetBaseDefinition() != method || method.Name.Contains('.')) return false;
        return type.IsInterface || !type.GetInterfaces().Any(one => type.GetInterfaceMap(one).TargetMethods.Contains(method));
    }

    // Its value counts in the equality of the record.
    private static bool IsRecordParameter(Type type, PropertyInfo property) =>
        type.GetConstructors(Declared).Any(constructor => constructor.GetParameters().Any(
            parameter => parameter.Name == property.Name && parameter.ParameterType == property.PropertyType));

    private static bool IsPublic(FieldInfo field) => field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly;

    private static bool IsGenerated(MemberInfo member) =>
        member.Name.Contains('<') || member.IsDefined(typeof(CompilerGeneratedAttribute))
        || member.IsDefined(typeof(System.CodeDom.Compiler.GeneratedCodeAttribute))
        || (member.DeclaringType is { } outer && IsGenerated(outer));

    private static string ReadCode()
    {
        var root = Path.Combine(Repository.Root, "src");
        return string.Join('\n', Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
            .Where(path => !Path.GetRelativePath(root, path).Split(Path.DirectorySeparatorChar).Any(folder => folder is "bin" or "obj"))
            .Select(path => CommentOrText().Replace(File.ReadAllText(path), match => match.Value[0] == '$' ? match.Value : " ")));
    }

    // Interpolated text keeps its expressions, and so all of it counts.
    [GeneratedRegex(
        @"\$""(?:\\.|[^""\\\n])*""|""{3}[\s\S]*?""{3}|@""(?:[^""]|"""")*""|""(?:\\.|[^""\\\n])*""|'(?:\\.|[^'\\\n])+'|//[^\n]*|/\*[\s\S]*?\*/")]
    private static partial Regex CommentOrText();

    [GeneratedRegex(@"[A-Za-z_]\w*")]
    private static partial Regex Name();
}
