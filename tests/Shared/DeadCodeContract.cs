using System.Reflection;

namespace HttpQuery.Tests.Architecture;

/// <summary>All internal and private code of a project is in use.</summary>
/// <param name="assembly">The assembly of a project in <c>src</c>.</param>
public abstract class DeadCodeContract(Assembly assembly)
{
    [Fact]
    public void All_internal_code_is_in_use() => Assert.Empty(DeadCode.Find(assembly));
}
