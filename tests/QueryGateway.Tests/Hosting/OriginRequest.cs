namespace QueryGateway.Tests.Hosting;

/// <summary>A request as it came to the origin.</summary>
/// <param name="Head">Request line and field lines, each with LF.</param>
/// <param name="Content">The content, chunks joined.</param>
internal sealed record OriginRequest(string Head, byte[] Content)
{
    /// <summary>The number of the connection that it came on, from 1.</summary>
    public int Connection { get; init; }

    public string RequestLine => Head[..Head.IndexOf('\n', StringComparison.Ordinal)];

    /// <summary>The value of the first line of a field, or <see langword="null"/>.</summary>
    public string? this[string name] => Head.Split('\n').Skip(1)
        .Where(line => line.StartsWith($"{name}:", StringComparison.OrdinalIgnoreCase)).Select(line => line[(name.Length + 1)..].Trim()).FirstOrDefault();
}
