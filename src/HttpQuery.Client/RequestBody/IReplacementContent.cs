namespace HttpQuery.RequestBody;

/// <summary>Content that a handler sends in place of the caller's own.</summary>
internal interface IReplacementContent
{
    /// <summary>The caller's content. Handlers put it back before they return.</summary>
    HttpContent Original { get; }

    /// <summary>Whether the content was sent and cannot be sent again.</summary>
    bool IsSpent { get; }

    /// <summary>Whether the content can be read and sent any number of times.</summary>
    bool IsReplayable { get; }

    /// <summary>Creates the exception for a second sending of spent content.</summary>
    QueryContentNotReplayableException CreateException();
}
