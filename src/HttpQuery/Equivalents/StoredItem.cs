namespace HttpQuery.Equivalents;

/// <summary>What became of an item that the store is to keep.</summary>
internal enum StoredItem
{
    /// <summary>The store does not have it.</summary>
    Missing,

    /// <summary>The store had it already.</summary>
    Found,

    /// <summary>It was written.</summary>
    Written,
}
