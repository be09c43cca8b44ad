namespace KubeList.Errors;

/// <summary>One reason why a request means nothing, and where it stands.</summary>
/// <param name="Reason">One of the words below.</param>
/// <param name="Message">The sentence for a person.</param>
/// <param name="Field">The path in the query, for example <c>labelSelector.matchExpressions[0].values</c>.</param>
internal sealed record StatusCause(string Reason, string Message, string Field)
{
    public static StatusCause Invalid(string field, string message) => new("FieldValueInvalid", message, field);

    public static StatusCause Forbidden(string field, string message) => new("FieldValueForbidden", message, field);

    public static StatusCause NotSupported(string field, string message) => new("FieldValueNotSupported", message, field);

    public static StatusCause Required(string field, string message) => new("FieldValueRequired", message, field);
}
