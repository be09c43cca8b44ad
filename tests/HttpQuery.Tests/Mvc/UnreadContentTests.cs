using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Mvc.ApplicationParts;
using Microsoft.AspNetCore.Mvc.Controllers;
using Microsoft.Extensions.DependencyInjection;

namespace HttpQuery.Tests.Mvc;

/// <summary>An action whose content MVC would leave unread does not start (RFC 10008 §2: a query is never ignored).</summary>
public class UnreadContentTests
{
    [Theory]
    [InlineData(typeof(UnreadContentController), "query")]
    [InlineData(typeof(UnreadListController), "queries")]
    public async Task A_complex_parameter_of_nowhere_is_an_error_at_start_that_says_what_to_do(Type controller, string parameter)
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(controller));

        Assert.StartsWith($"'{controller.FullName}.Search' answers QUERY", error.Message, StringComparison.Ordinal);
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

    private static Task<QueryServer> StartAsync(Type controller) => QueryServer.StartAsync(
        app => app.MapControllers(),
        builder => builder.Services.AddControllers().ConfigureApplicationPartManager(parts =>
        {
            parts.FeatureProviders.Clear();
            parts.FeatureProviders.Add(new Only(controller));
        }));

    private sealed class Only(Type controller) : IApplicationFeatureProvider<ControllerFeature>
    {
        public void PopulateFeature(IEnumerable<ApplicationPart> parts, ControllerFeature feature) => feature.Controllers.Add(controller.GetTypeInfo());
    }
}
