using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.ViewFeatures;

namespace HttpQuery.Tests.Pipeline;

/// <summary>Actions that name no method, or POST, under each antiforgery policy. Not public, so that only hosts that ask for them have them.</summary>
[Route("posted")]
internal sealed class PostedTokenController : Controller
{
    [Route("global")]
    public string Global([FromForm] int amount) => Sent(amount);

    [Route("auto"), AutoValidateAntiforgeryToken]
    public string Automatic([FromForm] int amount) => Sent(amount);

    [Route("derived"), DerivedToken]
    public string Derived([FromForm] int amount) => Sent(amount);

    [Route("factory"), FactoryMadeToken]
    public string FactoryMade([FromForm] int amount) => Sent(amount);

    [Route("validate"), ValidateAntiForgeryToken]
    public string Validate([FromForm] int amount) => Sent(amount);

    [HttpPost("post")]
    public string Post([FromForm] int amount) => Sent(amount);

    [Route("ignore"), IgnoreAntiforgeryToken]
    public string Ignore([FromForm] int amount) => Sent(amount);

    [Route("own"), OwnPolicy]
    public string Own([FromForm] int amount) => Sent(amount);

    [Route("json"), IgnoreAntiforgeryToken, AutoValidateAntiforgeryToken]
    public string Json([FromBody] RfcQuery query) => $"read {query.Match}";

    private string Sent(int amount) => $"sent {amount} by {Request.Method}";

    private sealed class DerivedTokenAttribute : AutoValidateAntiforgeryTokenAttribute;

    [AttributeUsage(AttributeTargets.Method)]
    private sealed class FactoryMadeTokenAttribute : Attribute, IFilterFactory
    {
        public bool IsReusable => true;

        public IFilterMetadata CreateInstance(IServiceProvider serviceProvider) => new AutoValidateAntiforgeryTokenAttribute().CreateInstance(serviceProvider);
    }

    /// <summary>Asks for a field of its own instead of a token.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    private sealed class OwnPolicyAttribute : Attribute, IAuthorizationFilter, IAntiforgeryPolicy, IOrderedFilter
    {
        public int Order => 2000;

        public void OnAuthorization(AuthorizationFilterContext context)
        {
            if (context.HttpContext.Request.Headers["X-Own"].Count == 0) context.Result = new StatusCodeResult(409);
        }
    }
}
