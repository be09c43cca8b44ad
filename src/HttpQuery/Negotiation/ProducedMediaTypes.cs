using HttpQuery.Diagnostics;
using HttpQuery.Problems;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc;

namespace HttpQuery.Negotiation;

/// <summary>The media types that an endpoint can produce, and the choice among them by the request's
/// <c>Accept</c> (§2.1; RFC 9110 §12.5.1).</summary>
internal sealed class ProducedMediaTypes
{
    private readonly MediaTypeNegotiation _negotiation;
    private readonly NegotiatedMediaTypeFeature[] _choices;
    private readonly string _rejectionDetail;
    private readonly bool _forFormatters;

    private ProducedMediaTypes(IReadOnlyList<MediaType> types, bool forFormatters)
    {
        _forFormatters = forFormatters;
        _negotiation = new(types);
        _choices = [.. types.Select(type => new NegotiatedMediaTypeFeature(type.ToString()))];
        _rejectionDetail = $"The request accepts none of the media types that this resource produces: {string.Join(", ", types)}";
    }

    /// <summary>Returns the declaration of <paramref name="endpoint"/>; <see langword="null"/> if it declares nothing.</summary>
    /// <remarks>Metadata that only documents responses does not count as a declaration: the framework infers it, and never enforces it.
    /// MVC's <c>[Produces]</c> counts, because MVC enforces it.</remarks>
    public static ProducedMediaTypes? Find(Endpoint endpoint)
    {
        var types = new List<MediaType>();
        var isDeclared = false;
        foreach (var item in endpoint.Metadata)
        {
            if (item is not ProducesMetadata and not ProducesAttribute { ContentTypes.Count: > 0 }) continue;
            var produces = item as ProducesMetadata ?? new(Parse(((ProducesAttribute)item).ContentTypes), Replaces: true);
            if (produces.Replaces) types.Clear();
            else if (!isDeclared) types.AddRange(Parse(GetDocumentedTypes(endpoint)));
            types.AddRange(produces.MediaTypes);
            isDeclared = true;
        }
        return types.Count > 0 ? new([.. types.Distinct()], endpoint.Metadata.GetMetadata<ProducesAttribute>() is not null) : null;
    }

    /// <summary>Wraps a handler so that it runs only if it can produce a media type that the request accepts.</summary>
    public RequestDelegate Wrap(RequestDelegate next) => context =>
    {
        var choice = Choose(context.Request);
        if (choice < 0)
        {
            return ProblemWriter.WriteAsync(
                context, StatusCodes.Status406NotAcceptable, RejectionReason.NotAcceptable, _rejectionDetail);
        }

        context.Features.Set(_choices[choice]);

        // MVC's output formatters read Accept again, and ignore it if it has */*, so it is set to the choice.
        // The writers of problem details read it too.
        if (_forFormatters) context.Request.Headers.Accept = $"{_choices[choice].Text}, application/problem+json;q=0.1";
        return next(context);
    };

    private int Choose(HttpRequest request)
    {
        var accept = request.Headers.Accept;
        return accept.Count <= 1 ? _negotiation.Choose(accept.ToString()) : _negotiation.Choose(accept.ToArray());
    }

    // The handler's own media types, if it was only given further writers.
    private static string[] GetDocumentedTypes(Endpoint endpoint)
    {
        var documented = endpoint.Metadata.OfType<IProducesResponseTypeMetadata>()
            .Where(response => response.StatusCode is >= 200 and < 300)
            .SelectMany(response => response.ContentTypes)
            .ToArray();
        return documented.Length > 0 ? documented : ["application/json"];
    }

    private static MediaType[] Parse(IEnumerable<string> types) => [.. types.Select(type => MediaType.Parse(type))];
}
