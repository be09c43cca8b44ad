using System.Globalization;
using System.Net;
using Microsoft.Net.Http.Headers;

namespace QueryGateway.Forwarding;

/// <summary>Judges how the end of the origin's response is told (RFC 9110 §8.6, §15.2, §15.3; RFC 9112 §6).</summary>
internal static class ResponseFraming
{
    /// <summary>Checks <c>Transfer-Encoding</c> and <c>Content-Length</c>, and tells whether only the end of the connection ends the content.</summary>
    /// <exception cref="InvalidDataException">The two leave more than one reading; the gateway must not choose one.</exception>
    public static bool EndsWithConnection(HttpResponseMessage response)
    {
        var status = (int)response.StatusCode;
        var isWithoutContent = status is < 200 or StatusCodes.Status204NoContent;
        var isCoded = response.Headers.NonValidated.TryGetValues(HeaderNames.TransferEncoding, out var coding);
        var hasLength = response.Content.Headers.NonValidated.TryGetValues(HeaderNames.ContentLength, out var length);

        if (status is StatusCodes.Status101SwitchingProtocols && response.RequestMessage is not { Headers.Upgrade.Count: > 0 }) throw new InvalidDataException("The request asked for no other protocol.");
        if (isCoded)
        {
            if (hasLength) throw new InvalidDataException("The response has both Transfer-Encoding and Content-Length.");
            if (isWithoutContent || response.Version < HttpVersion.Version11) throw new InvalidDataException("The response must have no Transfer-Encoding.");
            if (coding.Count != 1 || !coding.ToString().Trim().Equals("chunked", StringComparison.OrdinalIgnoreCase)) throw new InvalidDataException("The response has another transfer coding than chunked.");
        }
        if (hasLength)
        {
            if (length.Count != 1 || !long.TryParse(length.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var bytes)) throw new InvalidDataException("The response has a malformed Content-Length.");
            if (bytes > 0 && (isWithoutContent || status is StatusCodes.Status205ResetContent)) throw new InvalidDataException("The response must have no content.");
        }
        return !isCoded && !hasLength && !isWithoutContent && status is not StatusCodes.Status304NotModified && response.RequestMessage?.Method != HttpMethod.Head;
    }
}
