using System.Diagnostics.CodeAnalysis;

namespace HttpQuery.StructuredFields;

/// <summary>The types of a bare item (RFC 9651 §3.3).</summary>
[SuppressMessage("Naming", "CA1720:Identifier contains type name", Justification = "The names are those of the RFC.")]
public enum SfItemType
{
    /// <summary>A whole number of at most 15 digits: <c>42</c> (RFC 9651 §3.3.1).</summary>
    Integer,

    /// <summary>A number with at most 12 digits before the point and 3 after it: <c>4.5</c> (RFC 9651 §3.3.2).</summary>
    Decimal,

    /// <summary>Printable ASCII in quotes: <c>"a b"</c> (RFC 9651 §3.3.3).</summary>
    String,

    /// <summary>A bare word: <c>application/json</c> (RFC 9651 §3.3.4).</summary>
    Token,

    /// <summary>Bytes as base64 between colons: <c>:AQI=:</c> (RFC 9651 §3.3.5).</summary>
    ByteSequence,

    /// <summary><c>?1</c> or <c>?0</c> (RFC 9651 §3.3.6).</summary>
    Boolean,

    /// <summary>Seconds since 1970-01-01T00:00:00Z: <c>@1659578233</c> (RFC 9651 §3.3.7).</summary>
    Date,

    /// <summary>Unicode text, escaped to ASCII: <c>%"f%c3%bc"</c> (RFC 9651 §3.3.8).</summary>
    DisplayString,
}
