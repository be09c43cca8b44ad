namespace QuickStart;

/// <summary>One entry of the index.</summary>
/// <param name="Number">The RFC's number.</param>
/// <param name="Title">Its title.</param>
/// <param name="Year">The year it was published.</param>
/// <param name="Status">Its current status, for example <c>Internet Standard</c>.</param>
/// <param name="Pages">Its length in pages.</param>
public sealed record Rfc(int Number, string Title, int Year, string Status, int Pages);
