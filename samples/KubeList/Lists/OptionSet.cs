using KubeList.Errors;

namespace KubeList.Lists;

/// <summary>The options of one request, gathered from its URI and its content, and what was found wrong with them.</summary>
internal sealed class OptionSet
{
    // A hostile query can be wrong in a hundred thousand places; its answer need not be as long as itself.
    private const int MostCauses = 20;

    private readonly Dictionary<string, ListOption> _options = new(StringComparer.Ordinal);
    private readonly List<StatusCause> _invalid = [];
    private int _more;
    private string? _bad;

    /// <summary>Adds an option. Of several in one place the first counts, as in Kubernetes.</summary>
    /// <exception cref="StatusException">The option stands both in the URI and in the content.</exception>
    public void Add(string name, ListOption option)
    {
        if (_options.TryAdd(name, option) || _options[name].InContent == option.InContent) return;
        throw new StatusException(KubeStatus.BadRequest($"{name} is given both in the URI and in the content; give it in one of them"));
    }

    public ListOption? Find(string name) => _options.GetValueOrDefault(name);

    /// <summary>The option's text; empty where it is absent, which Kubernetes does not tell apart.</summary>
    public string TextOf(string name) => _options.GetValueOrDefault(name)?.Text ?? "";

    /// <summary>Notes what the content, or a combination of options, is wrong in: 422.</summary>
    public void Refuse(StatusCause cause)
    {
        if (_invalid.Count < MostCauses) _invalid.Add(cause);
        else _more++;
    }

    /// <summary>Notes what <paramref name="option"/> is wrong in: 422 in content, in a URI the 400 of Kubernetes.</summary>
    public void Refuse(ListOption option, StatusCause cause)
    {
        if (option.InContent) Refuse(cause);
        else _bad ??= cause.Message;
    }

    /// <exception cref="StatusException">Something was noted.</exception>
    public void ThrowIfRefused()
    {
        if (_invalid.Count > 0) throw new StatusException(KubeStatus.Invalid(_invalid, _more));
        if (_bad is not null) throw new StatusException(KubeStatus.BadRequest(_bad));
    }
}
