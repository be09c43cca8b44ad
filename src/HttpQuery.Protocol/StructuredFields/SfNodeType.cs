namespace HttpQuery.StructuredFields;

/// <summary>What <see cref="SfReader.Read"/> stands on.</summary>
public enum SfNodeType
{
    /// <summary>Nothing: before the first node, after the last, or where the text is malformed.</summary>
    None,

    /// <summary>The value of an item: a member of the field, or of the inner list that was opened.</summary>
    Item,

    /// <summary>The start of an inner list; its items follow, then <see cref="InnerListEnd"/>.</summary>
    InnerListStart,

    /// <summary>The end of an inner list; its parameters follow.</summary>
    InnerListEnd,

    /// <summary>A parameter of the <see cref="Item"/> or the <see cref="InnerListEnd"/> before it.</summary>
    Parameter,
}
