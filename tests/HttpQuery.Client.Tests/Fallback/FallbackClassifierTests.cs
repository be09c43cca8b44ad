using System.Net;
using HttpQuery.Fallback;

namespace HttpQuery.Client.Tests.Fallback;

/// <summary>Responses that mean that the method is not known, and those that mean something else.</summary>
public sealed class FallbackClassifierTests
{
    [Theory]
    [InlineData(405, "", nameof(FallbackReason.MethodNotAllowed))]
    [InlineData(405, "Allow: GET, POST", nameof(FallbackReason.MethodNotAllowed))]
    [InlineData(405, "Allow: GET,  QUERY ,POST", nameof(FallbackReason.None))]
    [InlineData(405, "Allow: query", nameof(FallbackReason.None))]
    [InlineData(405, "Allow: QUERYING", nameof(FallbackReason.MethodNotAllowed))]
    [InlineData(501, "", nameof(FallbackReason.NotImplemented))]
    [InlineData(403, "Server: CloudFront", nameof(FallbackReason.Intermediary))]
    [InlineData(400, "Via: 1.1 ab.cloudfront.net (CloudFront)", nameof(FallbackReason.Intermediary))]
    [InlineData(400, "Server: our-edge/2", nameof(FallbackReason.Intermediary))]
    [InlineData(400, "Server: Kestrel", nameof(FallbackReason.None))]
    [InlineData(403, "", nameof(FallbackReason.None))]
    [InlineData(403, "Server: CloudFront|Accept-Query: application/sql", nameof(FallbackReason.None))]
    [InlineData(400, "Server: CloudFront|Content-Type: application/problem+json", nameof(FallbackReason.None))]
    [InlineData(400, "Server: CloudFront|Allow: QUERY", nameof(FallbackReason.None))]
    [InlineData(200, "Server: CloudFront", nameof(FallbackReason.None))]
    [InlineData(401, "Server: CloudFront", nameof(FallbackReason.None))]
    [InlineData(404, "Server: CloudFront", nameof(FallbackReason.None))]
    [InlineData(415, "", nameof(FallbackReason.None))]
    [InlineData(500, "", nameof(FallbackReason.None))]
    [InlineData(502, "Server: CloudFront", nameof(FallbackReason.None))]
    public void A_response_is_classified(int status, string headers, string expected)
    {
        using var response = new HttpResponseMessage((HttpStatusCode)status) { Content = new ByteArrayContent([]) };
        foreach (var header in headers.Split('|', StringSplitOptions.RemoveEmptyEntries))
        {
            var parts = header.Split(": ");
            if (!response.Headers.TryAddWithoutValidation(parts[0], parts[1]))
                response.Content.Headers.TryAddWithoutValidation(parts[0], parts[1]);
        }
        Assert.Equal(expected, FallbackClassifier.Classify(response, ["CloudFront", "Our-Edge"]).ToString());
    }
}
