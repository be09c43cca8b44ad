using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace KubeList.Selectors;

/// <summary>Tells queries apart: equal for selectors that mean the same, however they were written.</summary>
/// <remarks>Values and requirements are sorted and taken once, and every part goes in with its length, so that none can
/// pass for two others.</remarks>
internal static class SelectorDigest
{
    /// <summary>The digest of a query: what is listed, where, and what is asked of it.</summary>
    /// <param name="scope">The resource and the namespace.</param>
    /// <param name="labels">The label selector.</param>
    /// <param name="fields">The field selector.</param>
    public static byte[] OfQuery(IReadOnlyList<string> scope, LabelSelector labels, FieldSelector fields)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in scope) Append(hash, part);
        AppendSorted(hash, labels.Requirements.Select(requirement => requirement.Digest()));
        AppendSorted(hash, fields.Requirements.Select(requirement => requirement.Digest()));
        return hash.GetHashAndReset();
    }

    public static byte[] OfRequirement(string comparison, string key, IEnumerable<string> values)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, comparison);
        Append(hash, key);
        string[] sorted = [.. values];
        Array.Sort(sorted, StringComparer.Ordinal);
        foreach (var value in sorted) Append(hash, value);
        return hash.GetHashAndReset();
    }

    private static void Append(IncrementalHash hash, string part)
    {
        var octets = Encoding.UTF8.GetBytes(part);
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, octets.Length);
        hash.AppendData(length);
        hash.AppendData(octets);
    }

    private static void AppendSorted(IncrementalHash hash, IEnumerable<byte[]> digests)
    {
        string[] sorted = [.. digests.Select(Convert.ToHexString).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        Append(hash, string.Concat(sorted));
    }
}
