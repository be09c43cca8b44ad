using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using HttpQuery.HeaderSyntax;

namespace HttpQuery.StructuredFields;

/// <summary>The parameters of an item or an inner list: an ordered map from keys to bare items (RFC 9651 §3.1.2).</summary>
/// <remarks>A repeated key keeps its first position and its last value. Two are equal when they have equal parameters in the same
/// order.</remarks>
[SuppressMessage("Naming", "CA1710:Identifiers should have correct suffix", Justification = "The name is that of the RFC.")]
public sealed record SfParameters : IReadOnlyDictionary<string, SfBareItem>, IHeaderFormattable
{
    private static readonly SfBareItem True = new(true);

    private readonly OrderedDictionary<string, SfBareItem> _items;

    /// <summary>Creates parameters in the order given.</summary>
    /// <param name="items">Each key once. A key is a lower-case letter or <c>*</c>, then any of these, digits, <c>_</c>,
    /// <c>-</c> and <c>.</c></param>
    /// <exception cref="ArgumentException">A key has another shape, or occurs twice.</exception>
    public SfParameters(params IEnumerable<KeyValuePair<string, SfBareItem>> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        _items = OrderedMap.Create(items);
    }

    // The parser has validated these.
    internal SfParameters(OrderedDictionary<string, SfBareItem> items) => _items = items;

    /// <summary>No parameters.</summary>
    public static SfParameters Empty { get; } = new(new OrderedDictionary<string, SfBareItem>());

    /// <inheritdoc/>
    public int Count => _items.Count;

    /// <summary>The keys in order.</summary>
    public IEnumerable<string> Keys => _items.Keys;

    /// <summary>The values in the order of their keys.</summary>
    public IEnumerable<SfBareItem> Values => _items.Values;

    /// <summary>The value of a key.</summary>
    /// <exception cref="KeyNotFoundException">There is no such parameter.</exception>
    public SfBareItem this[string key] => _items[key];

    /// <inheritdoc/>
    public bool ContainsKey(string key) => _items.ContainsKey(key);

    /// <summary>Finds the value of a key. Case counts.</summary>
    /// <returns><see langword="true"/> when the key exists.</returns>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out SfBareItem value) => _items.TryGetValue(key, out value);

    /// <summary>Enumerates the parameters in order.</summary>
    public IEnumerator<KeyValuePair<string, SfBareItem>> GetEnumerator() => _items.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Compares keys, values and their order.</summary>
    public bool Equals(SfParameters? other) => other is not null && OrderedMap.AreEqual(_items, other._items);

    /// <inheritdoc/>
    public override int GetHashCode() => OrderedMap.Hash(_items);

    /// <summary>The parameters as in a header, each after its semicolon: <c>;a=1;b</c> (RFC 9651 §4.1.1.2).</summary>
    public override string ToString() => HeaderFormatter.ToString(this);

    void IHeaderFormattable.AppendTo(ref DefaultInterpolatedStringHandler text) => AppendTo(ref text);

    internal void AppendTo(ref DefaultInterpolatedStringHandler text)
    {
        for (var i = 0; i < _items.Count; i++)
        {
            var (key, value) = _items.GetAt(i);
            text.AppendLiteral(";");
            text.AppendLiteral(key);
            if (value == True) continue;
            text.AppendLiteral("=");
            value.AppendTo(ref text);
        }
    }
}
