using System.ComponentModel.DataAnnotations;

namespace HttpQuery.Tests.Mvc;

/// <summary>A query with a rule of its own.</summary>
public sealed class ValidatedQuery
{
    [Range(1, 100)]
    public int Limit { get; set; }
}
