using System.Globalization;
using KubeList.Errors;
using KubeList.Selectors;

namespace KubeList.Lists;

/// <summary>Which state a list is to be read from.</summary>
/// <param name="Rule">How <paramref name="Revision"/> binds.</param>
/// <param name="Revision">The revision; 0 where none is asked for.</param>
internal readonly record struct VersionDemand(VersionRule Rule, ulong Revision)
{
    private const string Exact = "Exact";
    private const string NotOlderThan = "NotOlderThan";

    /// <summary>Reads <c>resourceVersion</c> and <c>resourceVersionMatch</c>, whose meaning depends on paging.</summary>
    /// <remarks><code>
    /// match         paging              unset             "0"               other
    /// unset         no limit            most recent       any               not older than
    /// unset         limit, no continue  most recent       any               exact
    /// unset         continue            token's snapshot  token's snapshot  400
    /// Exact         without continue    422               422               exact
    /// NotOlderThan  without continue    422               any               not older than
    /// </code>
    /// A match with <c>continue</c>, or another word: 422. A revision that is no number: 400.</remarks>
    public static VersionDemand Read(OptionSet options, bool hasLimit)
    {
        var hasToken = options.TextOf(ListOptionNames.Continue).Length > 0;
        var match = options.TextOf(ListOptionNames.ResourceVersionMatch);
        var text = options.TextOf(ListOptionNames.ResourceVersion);
        var revision = ReadRevision(text);

        if (match.Length > 0)
        {
            if (Problem(match, hasToken, isUnset: text.Length == 0, revision) is { } cause) options.Refuse(cause);
            return new(match is Exact ? VersionRule.Exact : VersionRule.NotOlderThan, revision);
        }

        if (hasToken && revision > 0)
            throw new StatusException(KubeStatus.BadRequest("specifying resource version is not allowed when using continue"));
        if (revision == 0) return default;
        return new(hasLimit ? VersionRule.Exact : VersionRule.NotOlderThan, revision);
    }

    /// <summary>Reads a revision; 0 where the text is empty.</summary>
    /// <exception cref="StatusException">It is no unsigned decimal integer of 64 bits: 400.</exception>
    public static ulong ReadRevision(string text)
    {
        if (text.Length == 0) return 0;
        if (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var revision)) return revision;
        throw new StatusException(KubeStatus.BadRequest(
            $"Invalid value: \"{Excerpt.Of(text)}\": resourceVersion must be an unsigned decimal integer of 64 bits"));
    }

    private static StatusCause? Problem(string match, bool hasToken, bool isUnset, ulong revision)
    {
        const string Field = ListOptionNames.ResourceVersionMatch;
        if (hasToken) return StatusCause.Forbidden(Field, "resourceVersionMatch is forbidden when continue is provided");
        if (isUnset) return StatusCause.Forbidden(Field, "resourceVersionMatch is forbidden unless resourceVersion is provided");
        if (match is not (Exact or NotOlderThan))
            return StatusCause.NotSupported(Field, $"supported values: \"{Exact}\", \"{NotOlderThan}\"");
        return match is Exact && revision == 0
            ? StatusCause.Forbidden(Field, "resourceVersionMatch \"Exact\" is forbidden for resourceVersion \"0\"")
            : null;
    }
}
