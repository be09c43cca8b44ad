using System.Text;
using HttpQuery.Http;
using HttpQuery.RequestBody;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.Primitives;

namespace HttpQuery.Routing;

/// <summary>The media types of query content that the endpoints of a path accept, and the decision about
/// a request's own media type (§2, §2.1).</summary>
internal sealed class AcceptedMediaTypes
{
    private static readonly MediaType[] WellKnown =
        [.. new[] { "application/json", "application/x-www-form-urlencoded", "text/plain", "application/xml" }
            .Select(type => MediaType.Parse(type))];

    private readonly MediaType[] _accepted;
    private readonly (string Text, RouteVerdict Verdict)[] _usual;

    private AcceptedMediaTypes(MediaType[] accepted)
    {
        _accepted = accepted;
        _usual = [.. accepted
            .Where(type => type.Parameters.Count == 0 && !type.ToString().Contains('*'))
            .Union(WellKnown)
            .SelectMany(Spellings)
            .Select(text => (text, Judge(text)))];
        Accept = ToHeaderValue(string.Join(", ", accepted.Select(type => type.ToString()).Where(text => Ascii.IsValid(text))));
        AcceptQuery = ToHeaderValue(Advertise(accepted).ToString());
    }

    /// <summary>Value of <c>Accept-Query</c>.</summary>
    public StringValues AcceptQuery { get; }

    /// <summary>Value of <c>Accept</c>.</summary>
    public StringValues Accept { get; }

    /// <summary>All media types that any of <paramref name="endpoints"/> accepts; an endpoint that declares none accepts every
    /// type.</summary>
    public static AcceptedMediaTypes Create(IEnumerable<Endpoint> endpoints) => new([.. endpoints
        .SelectMany(e => e.Metadata.GetMetadata<IAcceptsMetadata>()?.ContentTypes is { Count: > 0 } types ? types : ["*/*"])
        .Select(text => MediaType.TryParse(text, out var type) ? type : null)
        .OfType<MediaType>()
        .Distinct()]);

    public RouteVerdict Decide(HttpContext context)
    {
        var header = context.Request.Headers.ContentType;

        // Two lines could join to a well-formed one, and recipients differ in which line they use.
        if (header.Count > 1) return RouteVerdict.MalformedContentType;

        var text = header.ToString();
        if (text.Length == 0) return RouteVerdict.MissingContentType;
        var verdict = Recall(text);
        if (verdict is not (RouteVerdict.EmptyContent or RouteVerdict.MethodOverride or RouteVerdict.Query)) return verdict;

        // Not the generic method, which is slower to call.
        var feature = context.Features[typeof(IHttpRequestBodyDetectionFeature)];
        if (verdict is RouteVerdict.EmptyContent && IsEmpty(feature, context)) return verdict;
        if (verdict is RouteVerdict.MethodOverride && PostedRequestFeature.WasPosted(context)) return verdict;
        return feature is EncodedContentFeature ? RouteVerdict.EncodedQuery : RouteVerdict.Query;
    }

    // The usual values of clients are judged once, when routes are built; any other value is parsed for each request.
    private RouteVerdict Recall(string text)
    {
        foreach (var (usual, verdict) in _usual)
        {
            if (usual.Length == text.Length && (usual == text || usual.Equals(text, StringComparison.OrdinalIgnoreCase))) return verdict;
        }
        return Judge(text);
    }

    private static string[] Spellings(MediaType type) => [$"{type}", $"{type}; charset=utf-8", $"{type};charset=utf-8"];

    // EmptyContent: a Query if the content is not empty. MethodOverride: a Query if it was not posted.
    private RouteVerdict Judge(string text)
    {
        if (!IsAccepted(text))
            return MediaTypeReader.IsWellFormed(text) ? RouteVerdict.UnsupportedMediaType : RouteVerdict.MalformedContentType;
        return JsonMediaType.IsJson(text) ? RouteVerdict.EmptyContent : IsForm(text) ? RouteVerdict.MethodOverride : RouteVerdict.Query;
    }

    // The media types that a form, or a script without permission, can send to another site.
    private static bool IsForm(string text) =>
        new MediaTypeReader(text) is var reader
        && (Is(reader, "application", "x-www-form-urlencoded") || Is(reader, "multipart", "form-data") || Is(reader, "text", "plain"));

    private static bool Is(scoped in MediaTypeReader reader, string type, string subtype) =>
        reader.Type.Equals(type, StringComparison.OrdinalIgnoreCase) && reader.Subtype.Equals(subtype, StringComparison.OrdinalIgnoreCase);

    private bool IsAccepted(string text)
    {
        foreach (var accepted in _accepted)
        {
            if (Includes(accepted, text)) return true;
        }
        return false;
    }

    // Same as the framework's own matching, which chooses the endpoint after us: "application/json" accepts "application/x+json" too,
    // and the parameters of the accepted type must be present.
    private static bool Includes(MediaType accepted, string text)
    {
        var reader = new MediaTypeReader(text);
        if (reader.IsMalformed || !IncludesName(accepted, reader)) return false;
        if (accepted.Parameters.Count > 0) return IncludesParameters(accepted, text) && MediaTypeReader.IsWellFormed(text);
        while (reader.ReadParameter())
        {
        }
        return !reader.IsMalformed;
    }

    private static bool IncludesName(MediaType accepted, scoped in MediaTypeReader reader)
    {
        if (accepted.Type is "*") return true;
        if (!reader.Type.Equals(accepted.Type, StringComparison.OrdinalIgnoreCase)) return false;
        if (accepted.Subtype is "*" || reader.Subtype.Equals(accepted.Subtype, StringComparison.OrdinalIgnoreCase)) return true;
        return accepted.Suffix is not { } suffix
            ? reader.Suffix.Equals(accepted.Subtype, StringComparison.OrdinalIgnoreCase)
            : accepted.Subtype.StartsWith("*+", StringComparison.Ordinal)
                && reader.Suffix.Equals(suffix, StringComparison.OrdinalIgnoreCase);
    }

    private static bool IncludesParameters(MediaType accepted, string text)
    {
        foreach (var wanted in accepted.Parameters)
        {
            var reader = new MediaTypeReader(text);
            var found = false;
            while (!found && reader.ReadParameter())
                found = reader.ParameterNameEquals(wanted.Name) && reader.ParameterValueEquals(wanted.Value);
            if (!found) return false;
        }
        return true;
    }

    // A form may be empty; JSON may not. Content that arrives in chunks is known to be empty only when it is read.
    private static bool IsEmpty(object? feature, HttpContext context) =>
        feature is IHttpRequestBodyDetectionFeature content ? !content.CanHaveBody : context.Request.ContentLength is 0;

    // Accept-Query cannot express everything that Accepts metadata can (§3): "application/*+json" is no media range, and some parameters
    // are no structured-field parameters. Such types are left out, so that every listed type is accepted. If none would remain,
    // the next wider range is listed: the endpoint still decides.
    private static AcceptQuery Advertise(MediaType[] accepted)
    {
        AcceptQueryMember[] sayable = [.. accepted.SelectMany(type => Members(type.ToString()))];
        return new(sayable.Length > 0 ? sayable : accepted.SelectMany(type =>
        {
            var name = $"{type.Type}/{type.Subtype}";
            return Members(MediaRange.TryParse(name, out _) ? name : type.Type.Contains('*') ? "*/*" : $"{type.Type}/*");
        }));

        static IEnumerable<AcceptQueryMember> Members(string text)
        {
            try
            {
                return HttpQuery.AcceptQuery.Create(text);
            }
            catch (ArgumentException)
            {
                return [];
            }
        }
    }

    private static StringValues ToHeaderValue(string value) => value.Length > 0 ? value : StringValues.Empty;
}
