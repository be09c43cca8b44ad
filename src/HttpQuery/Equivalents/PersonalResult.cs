namespace HttpQuery.Equivalents;

/// <summary>Marks a request whose <c>Content-Location</c> names a result for its user alone.</summary>
internal sealed class PersonalResult
{
    public static readonly PersonalResult Instance = new();
}
