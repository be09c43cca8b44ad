using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Configuration;

namespace HttpQuery.Tests.Mvc;

/// <summary>Not public, so that only hosts that ask for it have it: MVC would leave the content unread.</summary>
internal sealed class UnreadContentController : Controller
{
    [HttpQuery("mvc/unread")]
    public string Search(RfcQuery query) => $"{query.Match}";
}

/// <summary>The same by <c>[AcceptVerbs]</c>, in a list.</summary>
internal sealed class UnreadListController : Controller
{
    [AcceptVerbs("QUERY", Route = "mvc/unread")]
    public string Search(RfcQuery[] queries) => $"{queries.Length}";
}

/// <summary>The same in a property.</summary>
internal sealed class UnreadPropertyController : Controller
{
    [BindProperty]
    public RfcQuery? Query { get; set; }

    [HttpQuery("mvc/unread")]
    public string Search() => $"{Query?.Match}";
}

/// <summary>A parameter that a binder of the application's own reads.</summary>
internal sealed class OwnBinderController : Controller
{
    [HttpQuery("mvc/own-binder")]
    public string Search(RfcQuery query) => $"own {query.Match}";
}

/// <summary>A parameter that an attribute of the application's own finds in the content.</summary>
internal sealed class ConventionController : Controller
{
    [HttpQuery("mvc/convention")]
    public string Search([FromContent] RfcQuery query) => $"convention {query.Match}";
}

/// <summary>What MVC takes from elsewhere than the content is in order.</summary>
internal sealed class NoContentController : Controller
{
    [HttpQuery("mvc/read/{id}")]
    public string Search(int id, string[] names, IFormFile? file, IFormCollection? form, [FromServices] IConfiguration configuration, CancellationToken cancellationToken) =>
        $"{id} {names.Length} {file?.Length} {form?.Count} {cancellationToken.IsCancellationRequested} {configuration is not null}";

    [HttpGet("mvc/read")]
    public string Get(RfcQuery query) => $"{query.Match}";
}
