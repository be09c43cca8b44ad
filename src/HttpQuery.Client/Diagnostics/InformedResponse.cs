using System.Net;

namespace HttpQuery.Diagnostics;

/// <summary>A response that the client itself creates. It carries its information without an entry in the options of the request, which
/// would allocate more than all else that a hit needs for it.</summary>
internal sealed class InformedResponse(HttpStatusCode status, QueryResponseInfo info) : HttpResponseMessage(status)
{
    public QueryResponseInfo Info { get; set; } = info;
}
