using System.Text;

namespace QueryGateway.Tests.Hosting;

/// <summary>What came back on an HTTP/2 stream.</summary>
/// <param name="Status">The status code; <see langword="null"/> where no response came.</param>
/// <param name="Headers">Header lines in order.</param>
/// <param name="Content">The content.</param>
/// <param name="IsReset">Whether the server ended the stream or the connection with an error, or closed it early.</param>
internal sealed record Http2Response(int? Status, IReadOnlyList<(string Name, string Value)> Headers, byte[] Content, bool IsReset)
{
    /// <summary>Content read as UTF-8.</summary>
    public string ContentText => Encoding.UTF8.GetString(Content);

    /// <summary>The header's lines joined by comma and space, or <see langword="null"/> where there is none.</summary>
    public string? this[string name]
    {
        get
        {
            var lines = Headers.Where(header => header.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(header => header.Value).ToArray();
            return lines.Length == 0 ? null : string.Join(", ", lines);
        }
    }
}
