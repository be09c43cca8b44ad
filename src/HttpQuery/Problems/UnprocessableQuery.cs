using System.Reflection;
using HttpQuery.Diagnostics;
using HttpQuery.Problems;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Mvc;

namespace HttpQuery;

/// <summary>The result of <see cref="QueryResults.UnprocessableQuery"/>: 422 with problem details (RFC 10008 §2.1,
/// RFC 9110 §15.5.21).</summary>
public sealed class UnprocessableQuery : IResult, IStatusCodeHttpResult, IEndpointMetadataProvider
{
    private readonly IReadOnlyDictionary<string, string[]>? _errors;

    internal UnprocessableQuery(string detail, IReadOnlyDictionary<string, string[]>? errors) => (Detail, _errors) = (detail, errors);

    /// <summary>Describes the error in the query.</summary>
    public string Detail { get; }

    /// <inheritdoc/>
    public int? StatusCode => StatusCodes.Status422UnprocessableEntity;

    /// <inheritdoc/>
    public Task ExecuteAsync(HttpContext httpContext)
    {
        ArgumentNullException.ThrowIfNull(httpContext);
        var problem = _errors is null ? new ProblemDetails() : new HttpValidationProblemDetails(_errors.ToDictionary()) { Title = null };
        (problem.Status, problem.Detail) = (StatusCode, Detail);
        return ProblemWriter.WriteAsync(httpContext, RejectionReason.Unprocessable, problem);
    }

    static void IEndpointMetadataProvider.PopulateMetadata(MethodInfo method, EndpointBuilder builder) =>
        builder.Metadata.Add(
            new ProducesResponseTypeMetadata(
                StatusCodes.Status422UnprocessableEntity, typeof(ProblemDetails), ["application/problem+json"]));
}
