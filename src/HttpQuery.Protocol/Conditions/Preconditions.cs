using HttpQuery.HeaderSyntax;

namespace HttpQuery;

/// <summary>The precondition headers of a request, each as its lines. A header that was not sent has none (RFC 9110 §13.1).</summary>
/// <remarks>A malformed list of entity tags matches nothing. A date that is malformed, or sent in two lines, is
/// ignored.</remarks>
public readonly ref struct Preconditions
{
    /// <summary>The lines of If-Match (RFC 9110 §13.1.1).</summary>
    public ReadOnlySpan<string?> IfMatch { get; init; }

    /// <summary>The lines of If-None-Match (RFC 9110 §13.1.2).</summary>
    public ReadOnlySpan<string?> IfNoneMatch { get; init; }

    /// <summary>The lines of If-Modified-Since (RFC 9110 §13.1.3).</summary>
    public ReadOnlySpan<string?> IfModifiedSince { get; init; }

    /// <summary>The lines of If-Unmodified-Since (RFC 9110 §13.1.4).</summary>
    public ReadOnlySpan<string?> IfUnmodifiedSince { get; init; }

    /// <summary>Returns whether a Range header applies (RFC 9110 §13.1.5).</summary>
    /// <param name="lines">The lines of If-Range; empty when it was not sent.</param>
    /// <param name="entityTag">The entity tag of the representation, if it has one.</param>
    /// <param name="lastModified">When the representation was modified, if that is known.</param>
    /// <param name="now">The current time: a date is a strong validator once its second is over (RFC 9110 §8.8.2.2).</param>
    /// <returns><see langword="true"/> when there is no line, or when the only line equals the current and strong validator.</returns>
    public static bool IfRange(ReadOnlySpan<string?> lines, EntityTag? entityTag, DateTimeOffset? lastModified, DateTimeOffset now)
    {
        if (lines.IsEmpty) return true;
        if (lines is not [{ } line]) return false;

        var text = line.AsSpan().Trim(HttpSyntax.Whitespace);
        if (EntityTag.IsWellFormed(text)) return entityTag is { } tag && tag.EqualsText(text, strong: true);
        return lastModified is { } time && HttpDate.TryParse(text, now, out var date)
            && Seconds(time) == Seconds(date) && now - date >= TimeSpan.FromSeconds(1);
    }

    /// <summary>Evaluates the headers in their order of precedence (RFC 9110 §13.2.2). Allocates nothing.</summary>
    /// <param name="isRetrieval">Whether the method is GET, HEAD or QUERY (RFC 10008 §2.6).</param>
    /// <param name="entityTag">The entity tag of the representation, if it has one.</param>
    /// <param name="lastModified">When the representation was modified, if that is known. Fractions of a second do not
    /// count.</param>
    /// <param name="now">The current time, for reading dates: see <see cref="HttpDate.TryParse"/>.</param>
    public PreconditionOutcome Evaluate(bool isRetrieval, EntityTag? entityTag, DateTimeOffset? lastModified, DateTimeOffset now)
    {
        var isChanged = IfMatch.IsEmpty
            ? IsModifiedSince(IfUnmodifiedSince, lastModified, now) is true
            : !EntityTagList.Contains(IfMatch, entityTag, strong: true);
        if (isChanged) return PreconditionOutcome.PreconditionFailed;

        var isHeld = IfNoneMatch.IsEmpty
            ? isRetrieval && IsModifiedSince(IfModifiedSince, lastModified, now) is false
            : EntityTagList.Contains(IfNoneMatch, entityTag, strong: false);
        if (!isHeld) return PreconditionOutcome.Proceed;
        return isRetrieval ? PreconditionOutcome.NotModified : PreconditionOutcome.PreconditionFailed;
    }

    // Null when the header must be ignored.
    private static bool? IsModifiedSince(ReadOnlySpan<string?> lines, DateTimeOffset? lastModified, DateTimeOffset now) =>
        lastModified is { } time && lines is [var line] && HttpDate.TryParse(line, now, out var date)
            ? Seconds(time) > Seconds(date)
            : null;

    private static long Seconds(DateTimeOffset time) => time.UtcTicks / TimeSpan.TicksPerSecond;
}
