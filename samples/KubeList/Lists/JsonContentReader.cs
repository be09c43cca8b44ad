using System.Text.Json;
using KubeList.Errors;
using KubeList.Selectors;
using KubeList.Store;
using Names = KubeList.Lists.ListOptionNames;

namespace KubeList.Lists;

/// <summary>Reads a query in JSON: <c>ListOptions</c>, whose selectors are text, or <c>ListQuery</c>, whose selectors are
/// structures.</summary>
/// <remarks>One pass without a DOM. What does not parse is 400 with the position; what parses and means nothing is noted as
/// a cause of a 422, and reading goes on, so that a syntax error further on still wins and all causes are told at once.</remarks>
internal ref partial struct JsonContentReader
{
    private const string OptionsKind = "ListOptions";
    private const string OptionsVersion = "meta.k8s.io/v1";
    private const string QueryKind = "ListQuery";
    private const string QueryVersion = "query.k8s.example/v1";

    private readonly ReadOnlySpan<byte> _content;
    private readonly ResourceKind _resource;
    private readonly SelectorBudget _budget;
    private readonly OptionSet _options;
    private readonly int _maximumDepth;
    private Utf8JsonReader _reader;
    private bool _textSelector;
    private bool _structuredSelector;

    private JsonContentReader(ReadOnlySpan<byte> content, ResourceKind resource, int maximumDepth, SelectorBudget budget, OptionSet options)
    {
        _content = content;
        (_resource, _maximumDepth, _budget, _options) = (resource, maximumDepth, budget, options);

        // One level more than is allowed, so that it is this reader's message that tells of the limit.
        _reader = new(content, new JsonReaderOptions { MaxDepth = maximumDepth + 1 });
    }

    /// <summary>Adds the options in <paramref name="content"/>, and what is wrong with them, to <paramref name="options"/>.</summary>
    /// <exception cref="StatusException">The content is no JSON, or too deep, or repeats an option of the URI: 400.</exception>
    public static void Read(ReadOnlySpan<byte> content, ResourceKind resource, int maximumDepth, SelectorBudget budget, OptionSet options)
    {
        var reader = new JsonContentReader(content, resource, maximumDepth, budget, options);
        reader.ReadDocument();
    }

    private void ReadDocument()
    {
        Advance();
        if (_reader.TokenType is JsonTokenType.StartObject) ReadMembers();
        else
        {
            _options.Refuse(StatusCause.Invalid("", "the query must be a JSON object"));
            Skip();
        }

        // Nothing but white space may follow; anything else throws here.
        Advance();
    }

    private void ReadMembers()
    {
        string? kind = null, apiVersion = null;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (ReadName("", seen) is { } name)
        {
            if (_reader.TokenType is JsonTokenType.Null && (Names.Contains(name) || name is "kind" or "apiVersion")) continue;
            switch (name)
            {
                case "kind": kind = ReadString(name); break;
                case "apiVersion": apiVersion = ReadString(name); break;
                case Names.LabelSelector or Names.FieldSelector: ReadSelector(name); break;
                case Names.Limit or Names.TimeoutSeconds: ReadInteger(name); break;
                case Names.Watch or Names.AllowWatchBookmarks or Names.SendInitialEvents: ReadBoolean(name); break;
                case Names.Continue or Names.ResourceVersion or Names.ResourceVersionMatch: ReadText(name); break;
                default: RefuseUnknown(name); break;
            }
        }

        CheckKind(kind, apiVersion);
    }

    // Without a kind, the form of the selectors tells which of the two it is; without selectors, the version does.
    private readonly void CheckKind(string? kind, string? apiVersion)
    {
        if (kind is not null && kind is not (OptionsKind or QueryKind))
        {
            _options.Refuse(StatusCause.NotSupported("kind", $"supported values: \"{OptionsKind}\", \"{QueryKind}\""));
            return;
        }

        if (_textSelector && _structuredSelector)
        {
            _options.Refuse(StatusCause.Invalid("", "one selector is text and the other a structure; both must be of one form"));
            return;
        }

        var isQuery = kind is QueryKind || (kind is null && (_structuredSelector || (!_textSelector && apiVersion is QueryVersion)));
        var version = isQuery ? QueryVersion : OptionsVersion;
        if (apiVersion is not null && apiVersion != version)
        {
            var meant = isQuery ? QueryKind : OptionsKind;
            _options.Refuse(StatusCause.NotSupported("apiVersion", $"supported value of {meant}: \"{version}\""));
        }

        if (isQuery && _textSelector)
            RefuseKind($"selectors of a {QueryKind} are structures; as text they belong to {OptionsKind}");
        if (!isQuery && _structuredSelector)
            RefuseKind($"selectors of {OptionsKind} are text; as structures they belong to a {QueryKind}");
    }

    private readonly void RefuseKind(string message) => _options.Refuse(StatusCause.Invalid("kind", message));

    private void ReadSelector(string name)
    {
        if (_reader.TokenType is JsonTokenType.StartObject)
        {
            _structuredSelector = true;
            _options.Add(name, name is Names.LabelSelector
                ? new("", InContent: true) { Labels = ReadLabelSelector() }
                : new("", InContent: true) { Fields = ReadFieldSelector() });
        }
        else
        {
            _textSelector |= _reader.TokenType is JsonTokenType.String;
            ReadText(name);
        }
    }

    private void ReadText(string name)
    {
        if (ReadString(name) is { } text) _options.Add(name, new(text, InContent: true));
    }

    private void ReadInteger(string name)
    {
        if (_reader.TokenType is JsonTokenType.Number && _reader.TryGetInt64(out var number))
            _options.Add(name, new(number.ToString(System.Globalization.CultureInfo.InvariantCulture), InContent: true));
        else RefuseValue(name, "must be an integer of 64 bits");
    }

    private void ReadBoolean(string name)
    {
        if (_reader.TokenType is JsonTokenType.True or JsonTokenType.False)
            _options.Add(name, new(_reader.TokenType is JsonTokenType.True ? "true" : "false", InContent: true));
        else RefuseValue(name, "must be true or false");
    }
}
