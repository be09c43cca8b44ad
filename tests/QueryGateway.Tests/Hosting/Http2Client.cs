using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace QueryGateway.Tests.Hosting;

/// <summary>Sends one HTTP/2 request in frames of its own making (RFC 9113), so that any byte can stand in any pseudo-header or header. Each char is one byte.</summary>
internal static class Http2Client
{
    private const byte DataFrame = 0, HeadersFrame = 1, ResetFrame = 3, SettingsFrame = 4, GoAwayFrame = 7, ContinuationFrame = 9;
    private const byte EndStream = 1, EndHeaders = 4, Acknowledgement = 1;
    private const int LongestFrame = 16_384;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    /// <summary>A GET with the four pseudo-headers and <paramref name="headers"/>.</summary>
    public static Task<Http2Response> GetAsync(int port, string path, params (string Name, string Value)[] headers) =>
        SendAsync(port, [(":method", "GET"), (":scheme", "http"), (":authority", "localhost"), (":path", path), .. headers]);

    /// <summary>Sends <paramref name="headers"/> as they are and waits for the end of the stream, a reset, or the end of the connection.</summary>
    public static async Task<Http2Response> SendAsync(int port, IReadOnlyList<(string Name, string Value)> headers, string? content = null)
    {
        using var timeout = new CancellationTokenSource(Timeout);
        using var client = new TcpClient { NoDelay = true };
        await client.ConnectAsync(IPAddress.Loopback, port, timeout.Token);
        var stream = client.GetStream();

        using var request = new MemoryStream();
        request.Write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"u8);

        // SETTINGS_HEADER_TABLE_SIZE 0: the response needs no dynamic table.
        WriteFrame(request, SettingsFrame, 0, 0, [0, 1, 0, 0, 0, 0]);
        WriteHeaders(request, HeaderBlock.Encode(headers), content is null);
        if (content is not null) WriteFrame(request, DataFrame, EndStream, 1, Encoding.Latin1.GetBytes(content));
        try
        {
            await stream.WriteAsync(request.ToArray(), timeout.Token);
            return await ReadAsync(stream, timeout.Token);
        }
        catch (IOException)
        {
            return new(null, [], [], IsReset: true);
        }
    }

    private static async Task<Http2Response> ReadAsync(NetworkStream stream, CancellationToken cancellationToken)
    {
        using var content = new MemoryStream();
        using var block = new MemoryStream();
        IReadOnlyList<(string Name, string Value)> headers = [];
        var head = new byte[9];
        while (await stream.ReadAtLeastAsync(head, head.Length, throwOnEndOfStream: false, cancellationToken) == head.Length)
        {
            var payload = new byte[(head[0] << 16) | (head[1] << 8) | head[2]];
            await stream.ReadExactlyAsync(payload, cancellationToken);
            var (type, flags) = (head[3], head[4]);
            if (type is SettingsFrame && (flags & Acknowledgement) == 0) await stream.WriteAsync(new byte[] { 0, 0, 0, SettingsFrame, Acknowledgement, 0, 0, 0, 0 }, cancellationToken);
            if (type is ResetFrame or GoAwayFrame) return new(Status(headers), headers, content.ToArray(), IsReset: true);
            if (type is DataFrame) content.Write(payload);
            if (type is HeadersFrame or ContinuationFrame)
            {
                block.Write(payload);
                if ((flags & EndHeaders) != 0)
                {
                    // Interim responses and trailers are left out.
                    var section = HeaderBlock.Decode(block.ToArray());
                    if (Status(section) is >= 200) headers = section;
                    block.SetLength(0);
                }
            }
            if (type is DataFrame or HeadersFrame && (flags & EndStream) != 0) return new(Status(headers), headers, content.ToArray(), IsReset: false);
        }
        return new(Status(headers), headers, content.ToArray(), IsReset: true);
    }

    private static int? Status(IReadOnlyList<(string Name, string Value)> headers) =>
        headers.FirstOrDefault(header => header.Name is ":status").Value is { } status ? int.Parse(status, System.Globalization.CultureInfo.InvariantCulture) : null;

    private static void WriteHeaders(MemoryStream request, byte[] block, bool isLast)
    {
        var type = HeadersFrame;
        for (var start = 0; start == 0 || start < block.Length; start += LongestFrame, type = ContinuationFrame)
        {
            var end = Math.Min(block.Length, start + LongestFrame);
            var flags = (end == block.Length ? EndHeaders : 0) | (type is HeadersFrame && isLast ? EndStream : 0);
            WriteFrame(request, type, (byte)flags, 1, block[start..end]);
        }
    }

    private static void WriteFrame(MemoryStream request, byte type, byte flags, int streamId, byte[] payload)
    {
        Span<byte> head = [(byte)(payload.Length >> 16), (byte)(payload.Length >> 8), (byte)payload.Length, type, flags, 0, 0, 0, 0];
        BinaryPrimitives.WriteInt32BigEndian(head[5..], streamId);
        request.Write(head);
        request.Write(payload);
    }
}
