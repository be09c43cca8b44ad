
namespace HttpQuery.Diagnostics;

/// <summary>Why a QUERY was rejected, in the words of metrics, activities and logs.</summary>
internal sealed record Refusal(string Reason)
{
    public static readonly Refusal MissingContentType = new("missing_content_type");
    public static readonly Refusal MalformedContentType = new("malformed_content_type");
    public static readonly Refusal EmptyContent = new("empty_content");
    public static readonly Refusal UnsupportedMediaType = new("unsupported_media_type");
    public static readonly Refusal UnsupportedCharset = new("unsupported_charset");
    public static readonly Refusal UnsupportedCoding = new("unsupported_content_coding");
    public static readonly Refusal MethodOverride = new("method_override");
    public static readonly Refusal MethodNotAllowed = new("method_not_allowed");
    public static readonly Refusal MalformedContent = new("malformed_content");
    public static readonly Refusal UnreadableContent = new("unreadable_content");
    public static readonly Refusal NotAcceptable = new("not_acceptable");
    public static readonly Refusal Unprocessable = new("unprocessable_query");
    public static readonly Refusal PreconditionFailed = new("precondition_failed");
    public static readonly Refusal RangeNotSatisfiable = new("range_not_satisfiable");
    public static readonly Refusal OnlyIfCached = new("only_if_cached");
}
