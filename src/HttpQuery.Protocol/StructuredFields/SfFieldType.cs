namespace HttpQuery.StructuredFields;

/// <summary>The three top-level types of a structured field (RFC 9651 §3). The definition of the header names its type.</summary>
public enum SfFieldType
{
    /// <summary>Ordered members, each an item or an inner list (RFC 9651 §3.1).</summary>
    List,

    /// <summary>Members by key, each an item or an inner list (RFC 9651 §3.2).</summary>
    Dictionary,

    /// <summary>One value with its parameters (RFC 9651 §3.3).</summary>
    Item,
}
