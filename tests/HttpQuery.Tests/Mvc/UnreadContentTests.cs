using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.Extensions.DependencyInjection;

namespace HttpQuery.Tests.Mvc;

/// <summary>An action whose content MVC would leave unread does not start (RFC 10008 §2: a query is never ignored).</summary>
public class UnreadContentTests
{
    [Theory]
    [InlineData(typeof(UnreadContentController), "query")]
    [InlineData(typeof(UnreadListController), "queries")]
    [InlineData(typeof(UnreadPropertyController), "Query")]
    public async Task A_complex_parameter_of_nowhere_is_an_error_at_start_that_says_what_to_do(Type controller, string parameter)
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(controller));

        Assert.StartsWith($"'{controller.FullName}.Search' handles QUERY", error.Message, StringComparison.Ordinal);
        Assert.Contains($"'{parameter}'", error.Message, StringComparison.Ordinal);
        Assert.Contains("[FromBody]", error.Message, StringComparison.Ordinal);
        Assert.Contains("[ApiController]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_mvc_takes_from_elsewhere_is_in_order()
    {
        await using var server = await StartAsync(typeof(NoContentController));

        Assert.Equal("7 0  1 False True", (await server.SendAsync("QUERY /mvc/read/7", "application/x-www-form-urlencoded", "x=1")).ContentText);
    }

    [Fact]
    public async Task What_a_binder_of_the_applications_own_reads_is_in_order()
    {
        await using var server = await StartAsync(typeof(OwnBinderController), options => options.ModelBinderProviders.Insert(0, new OwnBinderProvider()));

        Assert.Equal("own a", (await server.SendAsync("QUERY /mvc/own-binder", "text/plain", "a")).ContentText);
    }

    [Fact]
    public async Task A_convention_may_say_where_the_content_goes()
    {
        await using var attribute = await StartAsync(typeof(ConventionController));
        Assert.Equal("convention a", (await attribute.SendAsync("QUERY /mvc/convention", "application/json", "{\"match\":\"a\"}")).ContentText);
        Assert.Equal(400, (await attribute.SendAsync("QUERY /mvc/convention", "application/json", "{")).Status);

        // Without its convention, this one does not start.
        await using var late = await StartAsync(typeof(UnreadContentController), options => options.Conventions.Add(new FromContentAttribute()));
        Assert.Equal("a", (await late.SendAsync("QUERY /mvc/unread", "application/json", "{\"match\":\"a\"}")).ContentText);
        Assert.Equal(400, (await late.SendAsync("QUERY /mvc/unread", "application/json", "{")).Status);
    }

    private static Task<QueryServer> StartAsync(Type controller, Action<MvcOptions>? configure = null) => QueryServer.StartAsync(
        app => app.MapControllers(),
        builder => builder.Services.AddControllers(configure).WithOnly(controller));

    private sealed class OwnBinderProvider : IModelBinderProvider, IModelBinder
    {
        public IModelBinder? GetBinder(ModelBinderProviderContext context) => context.Metadata.ModelType == typeof(RfcQuery) ? this : null;

        public async Task BindModelAsync(ModelBindingContext bindingContext)
        {
            using var reader = new StreamReader(bindingContext.HttpContext.Request.Body);
            bindingContext.Result = ModelBindingResult.Success(new RfcQuery(await reader.ReadToEndAsync()));
        }
    }
}
