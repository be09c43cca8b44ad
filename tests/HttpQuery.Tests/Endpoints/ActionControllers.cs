using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using static HttpQuery.Tests.Endpoints.Contracts;

namespace HttpQuery.Tests.Endpoints;

/// <summary>Actions whose content MVC binds; each is the only controller of its host.</summary>
internal static class ActionControllers
{
    [ApiController]
    internal sealed class Inferred : ControllerBase
    {
        [HttpQuery("a")]
        public async Task<string> Search(Plain query, string? id) => Show(query) + id + await NormalizationServer.ReadRestAsync(HttpContext);
    }

    [ApiController]
    internal sealed class ByVerb : ControllerBase
    {
        [AcceptVerbs("QUERY", Route = "a")]
        public async Task<string> Search(Plain query, string? id) => Show(query) + id + await NormalizationServer.ReadRestAsync(HttpContext);
    }

    internal sealed class Marked : Controller
    {
        [HttpQuery("a")]
        public string Search([FromBody] Plain query) => Show(query) + ModelState.IsValid;
    }

    internal sealed class InProperty : ControllerBase
    {
        [FromBody]
        public Plain? Query { get; set; }

        [HttpQuery("a")]
        public string Search() => Show(Query);
    }

    [ApiController]
    internal sealed class Text : ControllerBase
    {
        [HttpQuery("a")]
        public string Search([FromBody] string query) => query;
    }

    [ApiController]
    internal sealed class Element : ControllerBase
    {
        [HttpQuery("a")]
        public string Search(JsonElement query) => Show(query);
    }

    internal sealed class Unbound : ControllerBase
    {
        [HttpQuery("a")]
        public Task<string> Search() => NormalizationServer.ReadRestAsync(HttpContext);
    }

    internal sealed class Filtered : ControllerBase
    {
        [HttpQuery("a")]
        [ContentFilter]
        public string Search([FromBody] Plain query) => Show(query);
    }

    internal sealed class FilteredByType : ControllerBase
    {
        [HttpQuery("a")]
        [TypeFilter(typeof(ContentFilterAttribute))]
        public string Search([FromBody] Plain query) => Show(query);
    }

    internal sealed class FilteredByService : ControllerBase
    {
        [HttpQuery("a")]
        [ServiceFilter<ContentFilterAttribute>]
        public string Search([FromBody] Plain query) => Show(query);
    }

    // An override runs before anything that answers 400.
    internal sealed class FilteredByItself : Controller
    {
        [HttpQuery("a")]
        public string Search([FromBody] Plain query) => Show(query);

        public override void OnActionExecuting(ActionExecutingContext context) =>
            context.Result = Content(string.Join(',', ModelState.SelectMany(entry => entry.Value!.Errors).Select(error => error.ErrorMessage)));
    }

    internal sealed class BoundByItself : ControllerBase
    {
        [HttpQuery("a")]
        public string Search([ModelBinder(typeof(ContentBinder))] Plain query) => query.S!;
    }

    internal sealed class BoundBesides : ControllerBase
    {
        [HttpQuery("a")]
        public string Search([FromBody] Plain query, [ModelBinder(typeof(HeaderBinder))] string header) => Show(query) + header;
    }

    /// <summary>Answers with the content as it was sent.</summary>
    [AttributeUsage(AttributeTargets.Method | AttributeTargets.Class)]
    internal sealed class ContentFilterAttribute : Attribute, IAsyncResourceFilter
    {
        public async Task OnResourceExecutionAsync(ResourceExecutingContext context, ResourceExecutionDelegate next) =>
            context.Result = new ContentResult { Content = await NormalizationServer.ReadRestAsync(context.HttpContext) };
    }

    internal sealed class ContentBinder : IModelBinder
    {
        public async Task BindModelAsync(ModelBindingContext bindingContext)
        {
            ArgumentNullException.ThrowIfNull(bindingContext);
            bindingContext.Result = ModelBindingResult.Success(new Plain(0, await NormalizationServer.ReadRestAsync(bindingContext.HttpContext)));
        }
    }

    internal sealed class HeaderBinder : IModelBinder
    {
        public Task BindModelAsync(ModelBindingContext bindingContext)
        {
            bindingContext.Result = ModelBindingResult.Success("header");
            return Task.CompletedTask;
        }
    }
}
