using System.Buffers;
using System.Security.Cryptography;
using HttpQuery.CacheKeys.Buffers;
using HttpQuery.CacheKeys.Content;
using HttpQuery.CacheKeys.Headers;
using HttpQuery.CacheKeys.Normalization;

namespace HttpQuery.CacheKeys;

/// <summary>Computes cache keys, for one request after another. Created by <see cref="QueryCacheKeyScheme.CreateBuilder"/>.</summary>
/// <remarks>
/// <para>For each request, call <c>Start</c>, then <c>AddHeader</c> for every header; headers that do not count are ignored. Call
/// <c>AddRoutingHeader</c>, <see cref="SetNormalizations"/> and <see cref="SetPartition"/> where they apply. Then add the content and call
/// <c>Complete</c>. Pass content that is in memory as a whole to <c>Complete</c>. Otherwise pass pieces to <c>Append</c>, which does not
/// keep them.</para>
/// <para>Not thread-safe. In the steady state nothing is allocated, unless content is coded or a normalizer of your own runs. Memory is
/// bounded for any content.</para>
/// </remarks>
public sealed partial class QueryCacheKeyBuilder : IDisposable
{
    private readonly QueryCacheKeyScheme _scheme;
    private readonly PooledByteBuffer _target = new();
    private readonly PooledByteBuffer _preimage = new();
    private readonly KeyHeaders _fields = new();
    private readonly RoutingHeaders _routing = new();
    private readonly ContentTypeHeader _contentType = new();
    private readonly PooledByteBuffer _partition = new();
    private readonly ContentHasher _content;
    private QueryNormalizations _claims;
    private State _state = State.Returned;

    internal QueryCacheKeyBuilder(QueryCacheKeyScheme scheme)
    {
        _scheme = scheme;
        _content = new(scheme.Normalizers);
        _partition.WriteByte(0);
    }

    /// <summary>Whether a claim changed the last completed key, so that contents with another spelling or coding share it. Do not store a
    /// response under it that depends on one spelling, as an error response often does.</summary>
    public bool IsNormalized { get; private set; }

    private enum State
    {
        Returned,
        Idle,
        Fields,
        Content,
    }

    /// <summary>Begins a request and discards an unfinished one. Text counts as UTF-8; an unpaired surrogate throws an
    /// <see cref="ArgumentException"/>.</summary>
    /// <param name="method">The method, for example <c>QUERY</c>.</param>
    /// <param name="scheme">The scheme of the target URI, for example <c>https</c>.</param>
    /// <param name="authority">Host and port as the application or origin receives them, for example <c>a.test:8080</c>.</param>
    /// <param name="target">The request target in origin form, as the application or origin receives it: for example
    /// <c>/rfcs?year=2022</c>.</param>
    public void Start(ReadOnlySpan<char> method, ReadOnlySpan<char> scheme, ReadOnlySpan<char> authority, ReadOnlySpan<char> target)
    {
        Abandon();
        _preimage.Clear();
        _preimage.WriteText(method);
        var methodEnd = _preimage.Length;
        _preimage.WriteText(scheme);
        var schemeEnd = _preimage.Length;
        _preimage.WriteText(authority);
        var authorityEnd = _preimage.Length;
        _preimage.WriteText(target);

        var text = _preimage.Span;
        Start(text[..methodEnd], text[methodEnd..schemeEnd], text[schemeEnd..authorityEnd], text[authorityEnd..]);
    }

    /// <summary>Begins a request and discards an unfinished one.</summary>
    /// <param name="method">The method, for example <c>QUERY</c>.</param>
    /// <param name="scheme">The scheme of the target URI, for example <c>https</c>.</param>
    /// <param name="authority">Host and port as the application or origin receives them, for example <c>a.test:8080</c>.</param>
    /// <param name="target">The request target in origin form, as the application or origin receives it: for example
    /// <c>/rfcs?year=2022</c>.</param>
    public void Start(ReadOnlySpan<byte> method, ReadOnlySpan<byte> scheme, ReadOnlySpan<byte> authority, ReadOnlySpan<byte> target)
    {
        Abandon();
        _fields.Clear();
        _routing.Clear();
        _target.Clear();
        _partition.Clear();
        _partition.WriteByte(0);
        _claims = _scheme.Normalizations;

        var start = _target.BeginLengthPrefixed();
        _target.Write(method);
        AsciiBytes.ToUpper(_target.From(start));
        _target.EndLengthPrefixed(start);
        _target.WriteLengthPrefixed(scheme);
        _target.WriteLengthPrefixed(authority);
        _target.WriteLengthPrefixed(target);
        _state = State.Fields;
    }

    /// <summary>Adds a header line of the request. Add lines in the order received.</summary>
    /// <param name="name">The name, in any case.</param>
    /// <param name="value">The value, which counts as UTF-8.</param>
    /// <exception cref="ArgumentException"><paramref name="value"/> has an unpaired surrogate.</exception>
    /// <exception cref="InvalidOperationException"><c>Start</c> was not called, or content has been added.</exception>
    public void AddHeader(ReadOnlySpan<char> name, ReadOnlySpan<char> value)
    {
        Require(State.Fields);
        _fields.Add(name, value);
    }

    /// <summary>Adds a header line of the request. Add lines in the order received.</summary>
    /// <param name="name">The name, in any case.</param>
    /// <param name="value">The bytes of the value.</param>
    /// <exception cref="InvalidOperationException"><c>Start</c> was not called, or content has been added.</exception>
    public void AddHeader(ReadOnlySpan<char> name, ReadOnlySpan<byte> value)
    {
        Require(State.Fields);
        _fields.Add(name, value);
    }

    /// <summary>Adds a line of a header that overrides the target, host, scheme, port or method, such as
    /// <c>X-Forwarded-Host</c> (docs/cache-key.md §4 lists them). The caller decides which headers these are. The order of different
    /// headers does not count.</summary>
    /// <param name="name">The name, in any case.</param>
    /// <param name="value">The value, which counts as UTF-8.</param>
    /// <exception cref="ArgumentException">An argument has an unpaired surrogate.</exception>
    /// <exception cref="InvalidOperationException"><c>Start</c> was not called, or content has been added.</exception>
    public void AddRoutingHeader(ReadOnlySpan<char> name, ReadOnlySpan<char> value)
    {
        Require(State.Fields);
        _routing.Add(name, value);
    }

    /// <summary>Adds a line of a header that overrides the target, host, scheme, port or method.</summary>
    /// <param name="name">The name, in any case.</param>
    /// <param name="value">The bytes of the value.</param>
    /// <exception cref="ArgumentException"><paramref name="name"/> has an unpaired surrogate.</exception>
    /// <exception cref="InvalidOperationException"><c>Start</c> was not called, or content has been added.</exception>
    public void AddRoutingHeader(ReadOnlySpan<char> name, ReadOnlySpan<byte> value)
    {
        Require(State.Fields);
        _routing.Add(name, value);
    }

    /// <summary>Claims that the reader of this request's content ignores certain differences, in addition to
    /// <see cref="QueryCacheKeyOptions.Normalizations"/>. The last call counts.</summary>
    /// <exception cref="InvalidOperationException"><c>Start</c> was not called, or content has been added.</exception>
    public void SetNormalizations(QueryNormalizations normalizations)
    {
        Require(State.Fields);
        _claims = _scheme.Normalizations | normalizations;
    }

    /// <summary>Sets the partition, which separates this request from those of other users (docs/cache-key.md §7).</summary>
    /// <exception cref="InvalidOperationException"><c>Start</c> was not called, or content has been added.</exception>
    public void SetPartition(ReadOnlySpan<byte> partition)
    {
        Require(State.Fields);
        _partition.Clear();
        _partition.WriteByte(1);
        _partition.WriteLengthPrefixed(partition);
    }

    /// <summary>Adds the next bytes of the content.</summary>
    /// <exception cref="InvalidOperationException"><c>Start</c> was not called.</exception>
    public void Append(ReadOnlySpan<byte> content)
    {
        BeginContent(length: null);
        _content.Append(content);
    }

    /// <summary>Adds the next bytes of the content.</summary>
    /// <exception cref="InvalidOperationException"><c>Start</c> was not called.</exception>
    public void Append(in ReadOnlySequence<byte> content)
    {
        BeginContent(length: null);
        foreach (var segment in content) _content.Append(segment.Span);
    }

    /// <summary>Adds the rest of a stream.</summary>
    /// <exception cref="InvalidOperationException"><c>Start</c> was not called.</exception>
    public async ValueTask AppendAsync(Stream content, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(content);
        BeginContent(length: null);
        var buffer = ArrayPool<byte>.Shared.Rent(16 * 1024);
        try
        {
            while (await content.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and var length)
                _content.Append(buffer.AsSpan(0, length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Returns the key of a request whose content has been added, or that has no content.</summary>
    /// <exception cref="InvalidOperationException"><c>Start</c> was not called.</exception>
    public QueryCacheKey Complete()
    {
        BeginContent(length: null);
        return Finish(_content.Complete());
    }

    /// <summary>Returns the key of a request with this content, which must be complete.</summary>
    /// <exception cref="InvalidOperationException"><c>Start</c> was not called, or content has been added.</exception>
    public QueryCacheKey Complete(ReadOnlySpan<byte> content)
    {
        Require(State.Fields);
        BeginContent(content.Length);
        _content.Append(content);
        return Finish(_content.Complete());
    }

    /// <summary>Returns the key of a request with this content, which must be complete.</summary>
    /// <exception cref="InvalidOperationException"><c>Start</c> was not called, or content has been added.</exception>
    public QueryCacheKey Complete(in ReadOnlySequence<byte> content)
    {
        if (content.IsSingleSegment) return Complete(content.FirstSpan);
        Require(State.Fields);
        BeginContent(content.Length);
        _content.Append(content);
        return Finish(_content.Complete());
    }

    /// <summary>Returns the builder to its scheme. Do not use it afterwards; further calls of this method do nothing.</summary>
    public void Dispose()
    {
        // A builder returned twice would be rented to two callers at once.
        if (_state is State.Returned) return;
        Abandon();
        _state = State.Returned;
        _scheme.Return(this);
    }

    internal void Rent() => _state = State.Idle;

    internal void Release()
    {
        _target.Dispose();
        _preimage.Dispose();
        _fields.Dispose();
        _routing.Dispose();
        _partition.Dispose();
        _content.Dispose();
    }

    private void BeginContent(long? length)
    {
        if (_state is State.Content) return;
        Require(State.Fields);
        _contentType.Read(_fields);
        _content.Start(_fields, _contentType, _claims, length);
        _state = State.Content;
    }

    private QueryCacheKey Finish(in ContentKey content)
    {
        _state = State.Idle;
        IsNormalized = content.CodingRemoved || content.Domain != ContentDomain.Exact;
        _preimage.Clear();
        _preimage.WriteByte(QueryCacheKey.SchemeVersion);
        _preimage.WriteByte(0);
        _preimage.Write(_target.Span);
        _fields.Write(_preimage, KeyHeaderKind.ContentType);
        if (content.CodingRemoved) _preimage.WriteInt32(0);
        else _fields.Write(_preimage, KeyHeaderKind.ContentEncoding);
        _fields.Write(_preimage, KeyHeaderKind.ContentLanguage);
        _fields.Write(_preimage, KeyHeaderKind.ContentLocation);
        _routing.Write(_preimage);
        _preimage.Write(_partition.Span);
        _preimage.WriteByte(content.Domain);
        var digest = content.Digest;
        _preimage.Write(digest);
        Span<byte> key = stackalloc byte[QueryCacheKey.Length];
        SHA256.HashData(_preimage.Span, key);
        return new(key);
    }

    // Discards an unfinished request.
    private void Abandon()
    {
        ObjectDisposedException.ThrowIf(_state is State.Returned, this);
        if (_state is State.Content) _content.Abandon();
        _state = State.Idle;
    }

    private void Require(State state)
    {
        ObjectDisposedException.ThrowIf(_state is State.Returned, this);
        if (_state != state)
        {
            throw new InvalidOperationException(
                _state is State.Content ? "Content has been added already." : "No request has been started: call Start first.");
        }
    }
}
