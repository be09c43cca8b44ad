using Microsoft.AspNetCore.Mvc.Filters;

namespace HttpQuery.Endpoints;

/// <summary>Marks the filter of an MVC action that keeps the messages of binding errors from the action.</summary>
internal interface IBindingErrorFilter : IFilterMetadata;
