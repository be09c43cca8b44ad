namespace HttpQuery.StructuredFields;

/// <summary>The three shapes that a structured field has at its top (RFC 9651 §3); the definition of the field says which.</summary>
public enum SfFieldType
{
    /// <summary>Members in an order, each an item or an inner list (RFC 9651 §3.1).</summary>
    List,

    /// <summary>Members by key, each an item or an inner list (RFC 9651 §3.2).</summary>
    Dictionary,

    /// <summary>One value with its parameters (RFC 9651 §3.3).</summary>
    Item,
}
