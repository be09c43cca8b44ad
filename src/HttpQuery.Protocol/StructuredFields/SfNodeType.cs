namespace HttpQuery.StructuredFields;

/// <summary>The kind of node that an <see cref="SfReader"/> is at.</summary>
public enum SfNodeType
{
    /// <summary>No node: before the first, after the last, or when the text is malformed.</summary>
    None,

    /// <summary>The value of an item: a member of the header, or of the open inner list.</summary>
    Item,

    /// <summary>The start of an inner list; its items follow, then <see cref="InnerListEnd"/>.</summary>
    InnerListStart,

    /// <summary>The end of an inner list; its parameters follow.</summary>
    InnerListEnd,

    /// <summary>A parameter of the <see cref="Item"/> or the <see cref="InnerListEnd"/> before it.</summary>
    Parameter,
}
