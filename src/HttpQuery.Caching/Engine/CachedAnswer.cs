using Microsoft.Extensions.Primitives;

namespace HttpQuery.Caching;

/// <summary>An answer out of the cache.</summary>
/// <param name="Status">200 or another that was stored; 206, 304 or 416 where the request asks so.</param>
/// <param name="Fields">All fields, <c>Age</c> and <c>Cache-Status</c> among them; <c>Content-Length</c> is not.</param>
/// <param name="Content">What to send; empty for HEAD.</param>
/// <param name="ContentLength">The value of Content-Length; <see langword="null"/> where there is none (304).</param>
public readonly record struct CachedAnswer(int Status, IReadOnlyList<KeyValuePair<string, StringValues>> Fields, ReadOnlyMemory<byte> Content, long? ContentLength);
