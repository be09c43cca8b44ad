using System.Collections;
using System.Runtime.CompilerServices;
using HttpQuery.HeaderSyntax;

namespace HttpQuery.StructuredFields;

/// <summary>An Inner List: ordered items, with parameters of the list itself, such as <c>("a" "b");q=1.0</c> (RFC 9651 §3.1.1).</summary>
public sealed record SfInnerList : SfMember, IReadOnlyList<SfItem>
{
    private readonly SfItem[] _items;

    /// <summary>Creates an Inner List.</summary>
    /// <param name="items">The items. There may be none.</param>
    /// <param name="parameters">The parameters of the list itself. Default none.</param>
    /// <exception cref="ArgumentNullException"><paramref name="items"/> or one of its elements is <see langword="null"/>.</exception>
    public SfInnerList(IEnumerable<SfItem> items, SfParameters? parameters = null)
        : base(parameters)
    {
        ArgumentNullException.ThrowIfNull(items);
        _items = [.. items];
        foreach (var item in _items) ArgumentNullException.ThrowIfNull(item, nameof(items));
    }

    /// <inheritdoc/>
    public int Count => _items.Length;

    /// <summary>The item at an index.</summary>
    public SfItem this[int index] => _items[index];

    /// <summary>Enumerates the items in order.</summary>
    public IEnumerator<SfItem> GetEnumerator() => _items.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Compares items, their order, and parameters.</summary>
    public bool Equals(SfInnerList? other) =>
        other is not null && Parameters == other.Parameters && _items.AsSpan().SequenceEqual(other._items);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(Parameters);
        foreach (var item in _items) hash.Add(item);
        return hash.ToHashCode();
    }

    internal override void AppendTo(ref DefaultInterpolatedStringHandler text)
    {
        text.AppendLiteral("(");
        HeaderFormatter.AppendJoined<SfItem>(ref text, _items, " ");
        text.AppendLiteral(")");
        Parameters.AppendTo(ref text);
    }
}
