using Microsoft.AspNetCore.Http.Features;

namespace HttpQuery.RequestBody;

/// <summary>Replaces the feature that tells whether there is content, and marks the content as encoded by its
/// type: routing reads that feature anyway.</summary>
internal sealed class EncodedContentFeature(bool canHaveBody) : IHttpRequestBodyDetectionFeature
{
    public bool CanHaveBody => canHaveBody;
}
