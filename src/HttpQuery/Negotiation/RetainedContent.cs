using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace HttpQuery.Negotiation;

/// <summary>Gives out the request's body reader and keeps what is read from it; starts anew where the body is replaced meanwhile.</summary>
internal sealed class RetainedContent : IRequestBodyPipeFeature, IDisposable
{
    private readonly HttpContext _context;
    private readonly IRequestBodyPipeFeature _original;
    private readonly int _maximumLength;
    private Stream? _body;

    public RetainedContent(HttpContext context, int maximumLength)
    {
        // Asking for the reader makes a server give the feature that has it.
        _ = context.Request.BodyReader;
        (_context, _maximumLength) = (context, maximumLength);
        _original = context.Features.GetRequiredFeature<IRequestBodyPipeFeature>();
        context.Features.Set<IRequestBodyPipeFeature>(this);
        context.Features.Set(this);
    }

    /// <summary>What was read last; <see langword="null"/> where nobody has asked for a reader.</summary>
    public RetainingPipeReader? Content { get; private set; }

    /// <summary>Whether binding is over: what is thrown from then on is the application's own.</summary>
    public bool IsBound { get; set; }

    /// <summary>Whether the framework has reported that it could not bind the content. .NET 10 does not report it.</summary>
    public bool HasFailed { get; set; }

    public PipeReader Reader
    {
        get
        {
            var body = _context.Request.Body;
            if (Content is not null && ReferenceEquals(body, _body)) return Content;
            Content?.Dispose();
            _body = body;
            return Content = new(_original.Reader, _maximumLength);
        }
    }

    /// <summary>Puts the server's own feature back.</summary>
    public void Release()
    {
        _context.Features.Set(_original);
        _context.Features.Set<RetainedContent>(null);
    }

    public void Dispose() => Content?.Dispose();
}
