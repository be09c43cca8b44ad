using System.Runtime.CompilerServices;
using HttpQuery.HeaderSyntax;

namespace HttpQuery.StructuredFields;

/// <summary>A bare item: a value of one of the eight types, without parameters (RFC 9651 §3.3).</summary>
/// <remarks>Two are equal when type and value are equal. The Token <c>a</c> does not equal the String <c>"a"</c>, and <c>1</c>
/// does not equal <c>1.0</c>. The <see langword="default"/> is the Integer 0.</remarks>
public readonly partial record struct SfBareItem : IHeaderFormattable
{
    // 13 digits before the point (RFC 9651 §3.3.2).
    private const decimal FirstTooLargeDecimal = 1_000_000_000_000m;

    // The value of an Integer, Date or Boolean, or a Decimal in thousandths.
    private readonly long _number;

    // A string, or the bytes of a Byte Sequence; null for numbers.
    private readonly object? _content;

    /// <summary>Creates an Integer.</summary>
    /// <param name="value">At most 15 digits.</param>
    /// <exception cref="ArgumentOutOfRangeException">The value has more than 15 digits.</exception>
    public SfBareItem(long value)
        : this(SfItemType.Integer, value, null)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, SfSyntax.MaximumInteger);
        ArgumentOutOfRangeException.ThrowIfLessThan(value, -SfSyntax.MaximumInteger);
    }

    /// <summary>Creates a Decimal, rounded to three digits after the point, half to even (RFC 9651 §4.1.5).</summary>
    /// <param name="value">At most 12 digits before the point, once rounded.</param>
    /// <exception cref="ArgumentOutOfRangeException">The value has more than 12 digits before the point.</exception>
    public SfBareItem(decimal value)
        : this(SfItemType.Decimal, Thousandths(value), null)
    {
    }

    /// <summary>Creates a String.</summary>
    /// <param name="value">Printable ASCII; it may be empty. Use a Display String for other text.</param>
    /// <exception cref="ArgumentException">A character is not printable ASCII.</exception>
    public SfBareItem(string value)
        : this(SfItemType.String, 0, value)
    {
        ArgumentNullException.ThrowIfNull(value);
        if (!SfSyntax.IsString(value))
            throw new ArgumentException("A String contains printable ASCII only (RFC 9651 §3.3.3); use a Display String.", nameof(value));
    }

    /// <summary>Creates a Token.</summary>
    /// <exception cref="ArgumentException"><paramref name="value"/> is the empty <see langword="default"/>.</exception>
    public SfBareItem(SfToken value)
        : this(SfItemType.Token, 0, value.Value)
    {
        if (value.Value.Length == 0) throw new ArgumentException("A Token has at least one character.", nameof(value));
    }

    /// <summary>Creates a Byte Sequence from a copy of the bytes. It may be empty.</summary>
    public SfBareItem(ReadOnlySpan<byte> value)
        : this(SfItemType.ByteSequence, 0, value.ToArray())
    {
    }

    /// <summary>Creates a Boolean.</summary>
    public SfBareItem(bool value)
        : this(SfItemType.Boolean, value ? 1 : 0, null)
    {
    }

    /// <summary>Creates a Date.</summary>
    public SfBareItem(SfDate value)
        : this(SfItemType.Date, value.UnixTimeSeconds, null)
    {
    }

    /// <summary>Creates a Display String.</summary>
    public SfBareItem(SfDisplayString value)
        : this(SfItemType.DisplayString, 0, value.Value)
    {
    }

    // The reader has validated these.
    private SfBareItem(SfItemType type, long number, object? content) => (Type, _number, _content) = (type, number, content);

    /// <summary>The type. It decides which method returns the value.</summary>
    public SfItemType Type { get; }

    private string Text => (string)_content!;

    private byte[] Bytes => (byte[])_content!;

    /// <summary>The value of an Integer.</summary>
    /// <exception cref="InvalidOperationException">The item has another type.</exception>
    public long AsInteger() => Require(SfItemType.Integer)._number;

    /// <summary>The value of a Decimal, exact to the thousandth.</summary>
    /// <exception cref="InvalidOperationException">The item has another type.</exception>
    public decimal AsDecimal() => Require(SfItemType.Decimal)._number / 1000m;

    /// <summary>The value of a String.</summary>
    /// <exception cref="InvalidOperationException">The item has another type.</exception>
    public string AsString() => Require(SfItemType.String).Text;

    /// <summary>The value of a Token.</summary>
    /// <exception cref="InvalidOperationException">The item has another type.</exception>
    public SfToken AsToken() => new(Require(SfItemType.Token).Text);

    /// <summary>The bytes of a Byte Sequence.</summary>
    /// <exception cref="InvalidOperationException">The item has another type.</exception>
    public ReadOnlyMemory<byte> AsByteSequence() => Require(SfItemType.ByteSequence).Bytes;

    /// <summary>The value of a Boolean.</summary>
    /// <exception cref="InvalidOperationException">The item has another type.</exception>
    public bool AsBoolean() => Require(SfItemType.Boolean)._number != 0;

    /// <summary>The value of a Date.</summary>
    /// <exception cref="InvalidOperationException">The item has another type.</exception>
    public SfDate AsDate() => new(Require(SfItemType.Date)._number);

    /// <summary>The value of a Display String.</summary>
    /// <exception cref="InvalidOperationException">The item has another type.</exception>
    public SfDisplayString AsDisplayString() => new(Require(SfItemType.DisplayString).Text);

    /// <summary>Compares type and value.</summary>
    public bool Equals(SfBareItem other) => Type == other.Type && _number == other._number
        && (Type is SfItemType.ByteSequence ? Bytes.AsSpan().SequenceEqual(other.Bytes) : Equals(_content, other._content));

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(Type);
        hash.Add(_number);
        if (_content is byte[] bytes) hash.AddBytes(bytes);
        else hash.Add(_content);
        return hash.ToHashCode();
    }

    internal static SfBareItem FromReader(scoped in SfReader reader) => reader.ItemType switch
    {
        SfItemType.Integer => new(SfItemType.Integer, reader.GetInteger(), null),
        SfItemType.Decimal => new(reader.GetDecimal()),
        SfItemType.ByteSequence => new(SfItemType.ByteSequence, 0, reader.GetBytes()),
        SfItemType.Boolean => new(reader.GetBoolean()),
        SfItemType.Date => new(reader.GetDate()),
        var text => new(text, 0, reader.GetText()),
    };

    private static long Thousandths(decimal value)
    {
        // Checked before the multiplication, which overflows for the largest decimals.
        var rounded = Math.Round(value, 3, MidpointRounding.ToEven);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(rounded, FirstTooLargeDecimal, nameof(value));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(rounded, -FirstTooLargeDecimal, nameof(value));
        return (long)(rounded * 1000m);
    }

    private SfBareItem Require(SfItemType type) =>
        Type == type ? this : throw new InvalidOperationException($"The value is of type {Type}, not {type}.");
}
