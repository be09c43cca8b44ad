using System.Text;

namespace KubeList.Store;

/// <summary>One stored object: its JSON ready to be copied out, and beside it what selectors ask for.</summary>
/// <param name="Kind">The kind that it is listed under.</param>
/// <param name="Namespace">The namespace; empty for objects of the cluster.</param>
/// <param name="Name">The name.</param>
/// <param name="Labels">The labels.</param>
/// <param name="Fields">Field values in the order of <see cref="ResourceKind.Fields"/>.</param>
/// <param name="Json">The whole object as compact UTF-8 JSON.</param>
/// <param name="Revision">The revision that stored it.</param>
internal sealed record KubeObject(
    ResourceKind Kind, string Namespace, string Name, LabelSet Labels, string[] Fields, byte[] Json, long Revision)
{
    /// <summary>What lists are ordered by: the UTF-8 bytes of <c>namespace/name</c>, or of the name alone.</summary>
    public byte[] Key { get; } = KeyOf(Namespace, Name);

    public static byte[] KeyOf(string @namespace, string name) =>
        Encoding.UTF8.GetBytes(@namespace.Length == 0 ? name : $"{@namespace}/{name}");
}
