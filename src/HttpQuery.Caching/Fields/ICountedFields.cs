namespace HttpQuery.Caching;

/// <summary>Fields that know how many they are. A request with as many fields as another, and with all of that one's names, has no further ones: the names need not be asked for one by one.</summary>
internal interface ICountedFields : IFieldLines
{
    /// <summary>The number of different names; at least one for each that has lines.</summary>
    int Count { get; }

    /// <summary>The names.</summary>
    IEnumerable<string> Names { get; }
}
