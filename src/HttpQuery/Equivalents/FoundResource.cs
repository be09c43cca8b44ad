namespace HttpQuery.Equivalents;

/// <summary>What a token stands for.</summary>
internal abstract record FoundResource
{
    private FoundResource()
    {
    }

    /// <summary>No key of this application made the token, or the store has lost what it names.</summary>
    /// <param name="IsToken">Whether the text has the form of a token.</param>
    public sealed record Unknown(bool IsToken) : FoundResource;

    /// <summary>A result whose time is over.</summary>
    public sealed record Expired : FoundResource;

    /// <summary>The store did not answer.</summary>
    public sealed record Unavailable : FoundResource;

    /// <summary>A query or a result.</summary>
    public sealed record Found(EquivalentRequest Request) : FoundResource;
}
