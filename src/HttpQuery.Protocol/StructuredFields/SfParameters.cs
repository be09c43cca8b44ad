using System.Collections;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using HttpQuery.HeaderSyntax;

namespace HttpQuery.StructuredFields;

/// <summary>The parameters of an item or an inner list: bare items by key, in an order (RFC 9651 §3.1.2).</summary>
/// <remarks>Where a key came twice, it keeps its first place and its last value. Two are equal when they hold the same in the
/// same order.</remarks>
[SuppressMessage("Naming", "CA1710:Identifiers should have correct suffix", Justification = "The name is that of the RFC.")]
public sealed record SfParameters : IReadOnlyDictionary<string, SfBareItem>, IHeaderFormattable
{
    private static readonly SfBareItem True = new(true);

    private readonly OrderedDictionary<string, SfBareItem> _items;

    /// <summary>Makes parameters in the order given.</summary>
    /// <param name="items">Each key once: a lower-case letter or <c>*</c>, then these, digits, <c>_</c>, <c>-</c> and
    /// <c>.</c></param>
    /// <exception cref="ArgumentException">A key has another shape, or comes twice.</exception>
    public SfParameters(params IEnumerable<KeyValuePair<string, SfBareItem>> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        _items = OrderedMap.Create(items);
    }

    // What the parser found: valid already.
    internal SfParameters(OrderedDictionary<string, SfBareItem> items) => _items = items;

    /// <summary>No parameters.</summary>
    public static SfParameters Empty { get; } = new(new OrderedDictionary<string, SfBareItem>());

    /// <inheritdoc/>
    public int Count => _items.Count;

    /// <summary>The keys in their order.</summary>
    public IEnumerable<string> Keys => _items.Keys;

    /// <summary>The values in the order of their keys.</summary>
    public IEnumerable<SfBareItem> Values => _items.Values;

    /// <summary>The value of a key.</summary>
    /// <exception cref="KeyNotFoundException">There is no such parameter.</exception>
    public SfBareItem this[string key] => _items[key];

    /// <inheritdoc/>
    public bool ContainsKey(string key) => _items.ContainsKey(key);

    /// <summary>Finds the value of a key, which compares with case.</summary>
    /// <returns><see langword="true"/> when there is one.</returns>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out SfBareItem value) => _items.TryGetValue(key, out value);

    /// <summary>Goes through the parameters in their order.</summary>
    public IEnumerator<KeyValuePair<string, SfBareItem>> GetEnumerator() => _items.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Compares keys, values and their order.</summary>
    public bool Equals(SfParameters? other) => other is not null && OrderedMap.AreEqual(_items, other._items);

    /// <inheritdoc/>
    public override int GetHashCode() => OrderedMap.Hash(_items);

    /// <summary>The parameters as a field has them, each after its semicolon: <c>;a=1;b</c> (RFC 9651 §4.1.1.2).</summary>
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
