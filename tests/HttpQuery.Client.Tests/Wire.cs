using System.Net.Http.Headers;
using System.Text;

namespace HttpQuery.Client.Tests;

/// <summary>Values and helpers that many tests of this project use.</summary>
internal static class Wire
{
    public const string TwoRfcs =
        """
        HTTP/1.1 200 OK
        Content-Type: application/json
        Content-Length: 77

        [{"number":9110,"title":"HTTP Semantics"},{"number":9112,"title":"HTTP/1.1"}]
        """;

    public const string NoContent =
        """
        HTTP/1.1 204 No Content


        """;

    /// <summary>The expected result of reading <see cref="TwoRfcs"/>.</summary>
    public static readonly Rfc[] BothRfcs = [new(9110, "HTTP Semantics"), new(9112, "HTTP/1.1")];

    /// <summary>Creates query content of any media type from <paramref name="text"/> in UTF-8.</summary>
    public static HttpContent Content(string mediaType, string text) =>
        new ByteArrayContent(Encoding.UTF8.GetBytes(text)) { Headers = { ContentType = MediaTypeHeaderValue.Parse(mediaType) } };

    /// <summary>A small SQL query, the content of most exchanges.</summary>
    public static HttpContent Sql() => Content("application/sql", "select * from rfcs");

    /// <summary>Returns the exception that the call itself throws, before it returns a task.</summary>
    public static TException ThrownBy<TException>(Func<Task> call)
        where TException : Exception
    {
        Task task;
        try { task = call(); }
        catch (TException exception) { return exception; }
        throw new InvalidOperationException($"No {typeof(TException).Name} from the call; its task is {task.Status}.");
    }
}
