using System.Globalization;
using KubeList.Errors;
using KubeList.Selectors;
using KubeList.Store;

namespace KubeList.Lists;

/// <summary>A list as it was asked for, by GET or by QUERY: from here on the two are the same.</summary>
internal sealed class ListRequest
{
    private readonly Lazy<byte[]> _digest;

    private ListRequest(ResourceKind kind, string? @namespace, LabelSelector labels, FieldSelector fields)
    {
        (Kind, Namespace, Labels, Fields) = (kind, @namespace, labels, fields);

        // Only paged lists need it, and over 20,000 values it is not free.
        _digest = new(() => SelectorDigest.OfQuery([kind.Plural, @namespace is null ? "all" : "one", @namespace ?? ""], labels, fields));
    }

    public ResourceKind Kind { get; }

    /// <summary>The namespace listed; <see langword="null"/> lists all, and the objects of the cluster.</summary>
    public string? Namespace { get; }

    public LabelSelector Labels { get; }

    public FieldSelector Fields { get; }

    /// <summary>Most items of the page; 0 for all.</summary>
    public long Limit { get; private init; }

    /// <summary>The continue token's text; empty on a first page.</summary>
    public string Continue { get; private init; } = "";

    public VersionDemand Version { get; private init; }

    /// <summary>Tells this query from others, whatever its page and its spelling.</summary>
    public byte[] Digest => _digest.Value;

    /// <summary>Gives the options their meaning.</summary>
    /// <exception cref="StatusException">They have none: 400 or 422. Or they ask for a watch, which is not served: 405.</exception>
    public static ListRequest Interpret(OptionSet options, ResourceKind kind, string? @namespace, SelectorBudget budget)
    {
        var watch = ReadBoolean(options, ListOptionNames.Watch);
        if (options.Find(ListOptionNames.SendInitialEvents) is not null && !watch)
            options.Refuse(StatusCause.Forbidden(ListOptionNames.SendInitialEvents, "sendInitialEvents is forbidden for list"));

        var labels = ReadLabels(options, budget);
        var fields = ReadFields(options, kind, budget);
        var limit = ReadInteger(options, ListOptionNames.Limit);
        ReadInteger(options, ListOptionNames.TimeoutSeconds);
        var version = watch ? default : VersionDemand.Read(options, hasLimit: limit > 0);
        options.ThrowIfRefused();
        if (watch) throw new StatusException(KubeStatus.WatchNotSupported(kind));

        return new(kind, @namespace, labels, fields)
        {
            Limit = Math.Max(0, limit),
            Continue = options.TextOf(ListOptionNames.Continue),
            Version = version,
        };
    }

    private static LabelSelector ReadLabels(OptionSet options, SelectorBudget budget)
    {
        if (options.Find(ListOptionNames.LabelSelector) is not { } option) return LabelSelector.Everything;
        if (option.Labels is not null) return option.Labels;
        if (LabelSelectorParser.TryParse(option.Text, budget, out var selector, out var problem)) return selector;
        options.Refuse(option, StatusCause.Invalid(ListOptionNames.LabelSelector, problem));
        return LabelSelector.Everything;
    }

    private static FieldSelector ReadFields(OptionSet options, ResourceKind kind, SelectorBudget budget)
    {
        if (options.Find(ListOptionNames.FieldSelector) is not { } option) return FieldSelector.Everything;
        if (option.Fields is not null) return option.Fields;
        if (FieldSelectorParser.TryParse(option.Text, kind, budget, out var selector, out var problem)) return selector;
        options.Refuse(option, StatusCause.Invalid(ListOptionNames.FieldSelector, problem));
        return FieldSelector.Everything;
    }

    private static long ReadInteger(OptionSet options, string name)
    {
        if (options.Find(name) is not { Text.Length: > 0 } option) return 0;
        if (long.TryParse(option.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)) return number;
        options.Refuse(option, StatusCause.Invalid(name, $"{name}: \"{Excerpt.Of(option.Text)}\" is no integer of 64 bits"));
        return 0;
    }

    // Kubernetes takes any value of a URI parameter for true, an empty one too, save these two.
    private static bool ReadBoolean(OptionSet options, string name) =>
        options.Find(name) is { } option && option.Text is not "0" && !option.Text.Equals("false", StringComparison.OrdinalIgnoreCase);
}
