using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace HttpQuery.RequestBody;

/// <summary>Provides the request's body reader and keeps the bytes read from it; starts again if the body is replaced meanwhile.</summary>
internal sealed class RetainedContentFeature : IRequestBodyPipeFeature, IDisposable
{
    private readonly HttpContext _context;
    private readonly IRequestBodyPipeFeature _original;
    private readonly int _maximumLength;
    private Stream? _body;

    public RetainedContentFeature(HttpContext context, int maximumLength)
    {
        // Reading this property makes a server provide the feature that has the reader.
        _ = context.Request.BodyReader;
        (_context, _maximumLength) = (context, maximumLength);
        _original = context.Features.GetRequiredFeature<IRequestBodyPipeFeature>();
        context.Features.Set<IRequestBodyPipeFeature>(this);
        context.Features.Set(this);
    }

    /// <summary>The content that was read last; <see langword="null"/> if no code has asked for a reader.</summary>
    public RetainingPipeReader? Content { get; private set; }

    /// <summary>Whether binding is over: exceptions after that are the application's own.</summary>
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

    /// <summary>Restores the server's own feature.</summary>
    public void Release()
    {
        _context.Features.Set(_original);
        _context.Features.Set<RetainedContentFeature>(null);
    }

    public void Dispose() => Content?.Dispose();
}
