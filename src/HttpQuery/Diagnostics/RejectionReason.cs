
namespace HttpQuery.Diagnostics;

/// <summary>Why a QUERY was rejected, in the words of metrics, activities and logs.</summary>
internal sealed record RejectionReason(string Reason)
{
    public static readonly RejectionReason MissingContentType = new("missing_content_type");
    public static readonly RejectionReason MalformedContentType = new("malformed_content_type");
    public static readonly RejectionReason EmptyContent = new("empty_content");
    public static readonly RejectionReason UnsupportedMediaType = new("unsupported_media_type");
    public static readonly RejectionReason UnsupportedCharset = new("unsupported_charset");
    public static readonly RejectionReason UnsupportedCoding = new("unsupported_content_coding");
    public static readonly RejectionReason MethodOverride = new("method_override");
    public static readonly RejectionReason MethodNotAllowed = new("method_not_allowed");
    public static readonly RejectionReason MalformedContent = new("malformed_content");
    public static readonly RejectionReason UnreadableContent = new("unreadable_content");
    public static readonly RejectionReason NotAcceptable = new("not_acceptable");
    public static readonly RejectionReason Unprocessable = new("unprocessable_query");
    public static readonly RejectionReason PreconditionFailed = new("precondition_failed");
    public static readonly RejectionReason RangeNotSatisfiable = new("range_not_satisfiable");
    public static readonly RejectionReason UnknownLocation = new("unknown_location");
    public static readonly RejectionReason ExpiredResult = new("expired_result");
    public static readonly RejectionReason LocationStoreUnavailable = new("location_store_unavailable");
    public static readonly RejectionReason OnlyIfCached = new("only_if_cached");
}
