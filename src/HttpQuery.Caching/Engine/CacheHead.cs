namespace HttpQuery.Caching;

/// <summary>What is to become of a response, when its fields have come.</summary>
public enum CacheHead
{
    /// <summary>It passes, and is not stored.</summary>
    Pass,

    /// <summary>It passes; its content is to be given to <see cref="CacheTransaction.CompleteAsync"/> when it is whole, or <see cref="CacheTransaction.Abandon"/> called.</summary>
    Capture,

    /// <summary>It is dropped, and the request answered by <see cref="CacheTransaction.Answer"/>.</summary>
    Serve,

    /// <summary>It is dropped, and the request sent once more as it came: the origin has answered a condition of ours with a 304 that speaks of another response.</summary>
    Resend,
}
