using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc.Formatters;

namespace HttpQuery.Tests.Exchanges;

/// <summary>MVC's way to a further media type.</summary>
internal sealed class CsvFormatter : TextOutputFormatter
{
    public CsvFormatter()
    {
        SupportedMediaTypes.Add("text/csv");
        SupportedEncodings.Add(Encoding.UTF8);
    }

    public override Task WriteResponseBodyAsync(OutputFormatterWriteContext context, Encoding selectedEncoding) =>
        context.HttpContext.Response.WriteAsync(Catalogue.Csv((Rfc[])context.Object!));

    protected override bool CanWriteType(Type? type) => type == typeof(Rfc[]);
}
