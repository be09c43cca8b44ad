using System.Buffers;
using System.Security.Cryptography;
using HttpQuery.CacheKeys.Buffers;
using HttpQuery.CacheKeys.Content;
using HttpQuery.CacheKeys.Headers;
using HttpQuery.CacheKeys.Normalization;

namespace HttpQuery.CacheKeys;

/// <summary>Makes the cache key of one request after another; made by <see cref="QueryCacheKeyScheme.CreateBuilder"/>.</summary>
/// <remarks>
/// <para>For each request: <c>Start</c>; <c>AddField</c> for every header of the request (those that do not count are passed by);
/// <c>AddRoutingField</c>, <see cref="SetNormalizations"/> and <see cref="SetPartition"/> where there is something to say; then the content,
/// and <c>Complete</c>. Content that lies in memory whole goes to <c>Complete</c>. Otherwise <c>Append</c>
/// takes it in pieces, which are not kept.</para>
/// <para>Not for several threads at once. In the steady state nothing is allocated, unless content is coded or a normalizer of your own is at
/// work. Memory is bounded whatever the content.</para>
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

    /// <summary>Whether a claim changed the key completed last, so that contents which differ in spelling or coding share it. A response that
    /// speaks of one spelling, as an error often does, must not be stored under it.</summary>
    public bool IsNormalized { get; private set; }

    private enum State
    {
        Returned,
        Idle,
        Fields,
        Content,
    }

    /// <summary>Begins a request; whatever was begun before is forgotten. Text counts as UTF-8; half a surrogate pair is refused with an
    /// <see cref="ArgumentException"/>.</summary>
    /// <param name="method">The method, for example <c>QUERY</c>.</param>
    /// <param name="scheme">The scheme of the target URI, for example <c>https</c>.</param>
    /// <param name="authority">Host and port as the reader of the request receives them, for example <c>a.test:8080</c>.</param>
    /// <param name="target">The request target in origin form, otherwise as the reader receives it: for example <c>/rfcs?year=2022</c>.</param>
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

    /// <summary>Begins a request; whatever was begun before is forgotten.</summary>
    /// <param name="method">The method, for example <c>QUERY</c>.</param>
    /// <param name="scheme">The scheme of the target URI, for example <c>https</c>.</param>
    /// <param name="authority">Host and port as the reader of the request receives them, for example <c>a.test:8080</c>.</param>
    /// <param name="target">The request target in origin form, otherwise as the reader receives it: for example <c>/rfcs?year=2022</c>.</param>
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

    /// <summary>Adds a field line of the request, in the order in which they came.</summary>
    /// <param name="name">The name, in any case.</param>
    /// <param name="value">The value; it counts as UTF-8.</param>
    /// <exception cref="ArgumentException"><paramref name="value"/> has half a surrogate pair.</exception>
    /// <exception cref="InvalidOperationException">The request was not started, or content was added already.</exception>
    public void AddField(ReadOnlySpan<char> name, ReadOnlySpan<char> value)
    {
        Require(State.Fields);
        _fields.Add(name, value);
    }

    /// <summary>Adds a field line of the request, in the order in which they came.</summary>
    /// <param name="name">The name, in any case.</param>
    /// <param name="value">The octets of the value.</param>
    /// <exception cref="InvalidOperationException">The request was not started, or content was added already.</exception>
    public void AddField(ReadOnlySpan<char> name, ReadOnlySpan<byte> value)
    {
        Require(State.Fields);
        _fields.Add(name, value);
    }

    /// <summary>Adds a line of a header by which the reader is told another target, host, scheme, port or method, such as
    /// <c>X-Forwarded-Host</c> (docs/cache-key.md §4 lists them). The caller decides which headers these are; their order among one another
    /// does not count.</summary>
    /// <param name="name">The name, in any case.</param>
    /// <param name="value">The value; it counts as UTF-8.</param>
    /// <exception cref="ArgumentException">A text has half a surrogate pair.</exception>
    /// <exception cref="InvalidOperationException">The request was not started, or content was added already.</exception>
    public void AddRoutingField(ReadOnlySpan<char> name, ReadOnlySpan<char> value)
    {
        Require(State.Fields);
        _routing.Add(name, value);
    }

    /// <summary>Adds a line of a header by which the reader is told another target, host, scheme, port or method.</summary>
    /// <param name="name">The name, in any case.</param>
    /// <param name="value">The octets of the value.</param>
    /// <exception cref="ArgumentException"><paramref name="name"/> has half a surrogate pair.</exception>
    /// <exception cref="InvalidOperationException">The request was not started, or content was added already.</exception>
    public void AddRoutingField(ReadOnlySpan<char> name, ReadOnlySpan<byte> value)
    {
        Require(State.Fields);
        _routing.Add(name, value);
    }

    /// <summary>Claims differences that the reader of this request's content does not see, in addition to those of
    /// <see cref="QueryCacheKeyOptions.Normalizations"/>. Called again, it takes the place of the first call.</summary>
    /// <exception cref="InvalidOperationException">The request was not started, or content was added already.</exception>
    public void SetNormalizations(QueryNormalizations normalizations)
    {
        Require(State.Fields);
        _claims = _scheme.Normalizations | normalizations;
    }

    /// <summary>Sets what separates this request from those of other users (docs/cache-key.md §7).</summary>
    /// <exception cref="InvalidOperationException">The request was not started, or content was added already.</exception>
    public void SetPartition(ReadOnlySpan<byte> partition)
    {
        Require(State.Fields);
        _partition.Clear();
        _partition.WriteByte(1);
        _partition.WriteLengthPrefixed(partition);
    }

    /// <summary>Adds the next octets of the content.</summary>
    /// <exception cref="InvalidOperationException">The request was not started.</exception>
    public void Append(ReadOnlySpan<byte> content)
    {
        BeginContent(length: null);
        _content.Append(content);
    }

    /// <summary>Adds the next octets of the content.</summary>
    /// <exception cref="InvalidOperationException">The request was not started.</exception>
    public void Append(in ReadOnlySequence<byte> content)
    {
        BeginContent(length: null);
        foreach (var segment in content) _content.Append(segment.Span);
    }

    /// <summary>Adds what is left of a stream.</summary>
    /// <exception cref="InvalidOperationException">The request was not started.</exception>
    public async ValueTask AppendAsync(Stream content, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(content);
        BeginContent(length: null);
        var buffer = ArrayPool<byte>.Shared.Rent(16 * 1024);
        try
        {
            while (await content.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and var length) _content.Append(buffer.AsSpan(0, length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>The key of a request whose content has been added, or that has none.</summary>
    /// <exception cref="InvalidOperationException">The request was not started.</exception>
    public QueryCacheKey Complete()
    {
        BeginContent(length: null);
        return Finish(_content.Complete());
    }

    /// <summary>The key of a request with this content, all of it.</summary>
    /// <exception cref="InvalidOperationException">The request was not started, or content was added already.</exception>
    public QueryCacheKey Complete(ReadOnlySpan<byte> content)
    {
        Require(State.Fields);
        BeginContent(content.Length);
        _content.Append(content);
        return Finish(_content.Complete());
    }

    /// <summary>The key of a request with this content, all of it.</summary>
    /// <exception cref="InvalidOperationException">The request was not started, or content was added already.</exception>
    public QueryCacheKey Complete(in ReadOnlySequence<byte> content)
    {
        if (content.IsSingleSegment) return Complete(content.FirstSpan);
        Require(State.Fields);
        BeginContent(content.Length);
        foreach (var segment in content) _content.Append(segment.Span);
        return Finish(_content.Complete());
    }

    /// <summary>Gives the builder back to its scheme; once is enough, and it must not be used any more.</summary>
    public void Dispose()
    {
        // Given back twice it would be lent to two at once.
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

    // Forgets what was begun.
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
            throw new InvalidOperationException(_state is State.Content ? "The content has begun." : "No request has been started: call Start first.");
    }
}
