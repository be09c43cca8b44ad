using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using HttpQuery.Caching.Headers;
using Microsoft.Extensions.Primitives;

namespace HttpQuery.Caching.Items;

/// <summary>Serializes items for stores that keep only bytes, and creates the names of the items in such stores.</summary>
/// <remarks>The format: version, kind, a checksum over the key and all other bytes, then the parts of the item in their order. Numbers
/// are little-endian. A value that differs from the one written under its key counts as no item.</remarks>
internal static class CacheItemFormat
{
    /// <summary>Version of the format. Each version has its own names, so no version reads items of another version.</summary>
    public const byte Version = 2;

    private const byte Epoch = 1;
    private const byte Variants = 2;
    private const byte Response = 3;
    private const int ChecksumStart = 2;
    private const int ChecksumLength = 16;
    private const int Start = ChecksumStart + ChecksumLength;

    private static readonly string Prefix = $"httpquery:{QueryCacheKey.SchemeVersion}.{Version}:";
    private static readonly TimeSpan Longest = TimeSpan.FromDays(3650);
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);

    /// <summary>Returns the key as text.</summary>
    public static string GetName(QueryCacheKey key) => $"{Prefix}{key}";

    /// <summary>Limits a lifetime to a range that every store supports: one second to ten years.</summary>
    public static TimeSpan GetLifetime(TimeSpan lifetime) => lifetime > Longest ? Longest : lifetime < Shortest ? Shortest : lifetime;

    /// <summary>Serializes an item without copying the content of a response.</summary>
    public static ReadOnlySequence<byte> Write(QueryCacheKey key, CacheItem item)
    {
        var head = new ArrayBufferWriter<byte>(512);
        var content = ReadOnlyMemory<byte>.Empty;
        head.GetSpan(Start)[..Start].Clear();
        head.Advance(Start);
        byte kind;
        switch (item)
        {
            case CacheEpoch epoch:
                kind = Epoch;
                Write(head, epoch.Number);
                Write(head, (int)epoch.Origin);
                break;
            case CacheVariants variants:
                kind = Variants;
                Write(head, variants.Lists.Count);
                foreach (var list in variants.Lists) Write(head, list.ToString());
                Write(head, variants.Tags.Count);
                foreach (var tag in variants.Tags) Write(head, tag);
                break;
            default:
                kind = Response;
                var response = (CachedResponse)item;
                content = response.Content;
                Write(head, response);
                break;
        }

        var octets = MemoryMarshal.AsMemory(head.WrittenMemory);
        (octets.Span[0], octets.Span[1]) = (Version, kind);
        Checksum(key, octets.Span, content.Span, octets.Span.Slice(ChecksumStart, ChecksumLength));
        if (content.IsEmpty) return new(octets);
        var last = new Segment(content, octets.Length);
        return new(new Segment(octets, 0, last), 0, last, content.Length);
    }

    /// <summary>Deserializes an item. Its content shares the memory of the bytes.</summary>
    /// <param name="key">The requested key.</param>
    /// <param name="octets">The bytes from the store.</param>
    /// <param name="rules">The rules that apply to a response, except the default lifetime, which the item keeps from its
    /// storing.</param>
    /// <returns><see langword="null"/> if the bytes differ from those written under the key.</returns>
    public static CacheItem? Read(QueryCacheKey key, ReadOnlyMemory<byte> octets, CacheRuleOptions rules)
    {
        if (octets.Length < Start || octets.Span[0] != Version) return null;
        Span<byte> checksum = stackalloc byte[ChecksumLength];
        Checksum(key, octets.Span, default, checksum);
        if (!checksum.SequenceEqual(octets.Span.Slice(ChecksumStart, ChecksumLength))) return null;

        var reader = new Reader(octets[Start..]);
        return octets.Span[1] switch
        {
            Epoch => ReadEpoch(ref reader),
            Variants => ReadVariants(ref reader),
            Response => ReadResponse(ref reader, rules),
            _ => null,
        };
    }

    /// <summary>Computes the first 16 bytes of a SHA-256 over the key and all bytes except the checksum itself.</summary>
    /// <param name="key">The key.</param>
    /// <param name="octets">The item, or its first part.</param>
    /// <param name="rest">The remaining bytes.</param>
    /// <param name="checksum">The destination of the checksum.</param>
    internal static void Checksum(QueryCacheKey key, ReadOnlySpan<byte> octets, ReadOnlySpan<byte> rest, Span<byte> checksum)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        Span<byte> name = stackalloc byte[QueryCacheKey.Length];
        key.CopyTo(name);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(name);
        hash.AppendData(octets[..ChecksumStart]);
        hash.AppendData(octets[Start..]);
        hash.AppendData(rest);
        hash.GetHashAndReset(digest);
        digest[..ChecksumLength].CopyTo(checksum);
    }

    private static void Write(ArrayBufferWriter<byte> writer, CachedResponse item)
    {
        var response = item.Response;
        Write(writer, response.Status);
        Write(writer, response.RequestTime.UtcTicks);
        Write(writer, response.ResponseTime.UtcTicks);
        Write(writer, response.Options.DefaultLifetime?.Ticks ?? -1);
        Write(writer, item.Epochs.Resource);
        Write(writer, item.Epochs.Store);
        Write(writer, response.Headers.Count);
        foreach (var (name, lines) in response.Headers)
        {
            Write(writer, name);
            Write(writer, lines.Count);
            foreach (var line in lines) Write(writer, line ?? "");
        }
        Write(writer, item.Epochs.Tags.Count);
        foreach (var tag in item.Epochs.Tags)
        {
            Write(writer, tag.Tag);
            Write(writer, tag.Number);
        }
        Write(writer, item.Content.Length);
    }

    private static CachedResponse? ReadResponse(ref Reader reader, CacheRuleOptions rules)
    {
        if (!reader.TryRead(out int status) || status is < 100 or > 999
            || !reader.TryReadTime(out var requestTime) || !reader.TryReadTime(out var responseTime)) return null;
        if (!reader.TryRead(out long ticks) || ticks < -1
            || !reader.TryRead(out UInt128 resource) || !reader.TryRead(out UInt128 store)) return null;
        if (ReadFields(ref reader) is not { } headers || ReadTagEpochs(ref reader) is not { } tags
            || !reader.TryReadRest(out var content)) return null;

        TimeSpan? lifetime = ticks < 0 ? null : TimeSpan.FromTicks(ticks);
        var own = rules.DefaultLifetime == lifetime ? rules : rules with { DefaultLifetime = lifetime };
        return new(new(own, status, headers, requestTime, responseTime), content, new(resource, store, tags));
    }

    private static HeaderCollection? ReadFields(ref Reader reader)
    {
        if (!reader.TryReadCount(out var count)) return null;
        var headers = new KeyValuePair<string, StringValues>[count];
        foreach (ref var header in headers.AsSpan())
        {
            if (!reader.TryRead(out string name) || !reader.TryReadCount(out var lineCount)) return null;
            var lines = new string[lineCount];
            for (var i = 0; i < lineCount; i++)
            {
                if (!reader.TryRead(out lines[i])) return null;
            }
            header = new(name, lineCount == 1 ? new StringValues(lines[0]) : new StringValues(lines));
        }
        return new(headers);
    }

    private static TagEpoch[]? ReadTagEpochs(ref Reader reader)
    {
        if (!reader.TryReadCount(out var count)) return null;
        var tags = new TagEpoch[count];
        for (var i = 0; i < count; i++)
        {
            if (!reader.TryRead(out string tag) || !reader.TryRead(out UInt128 number)) return null;
            tags[i] = new(tag, number);
        }
        return tags;
    }

    private static string[]? ReadTexts(ref Reader reader)
    {
        if (!reader.TryReadCount(out var count)) return null;
        var texts = new string[count];
        for (var i = 0; i < count; i++)
        {
            if (!reader.TryRead(out texts[i])) return null;
        }
        return texts;
    }

    private static CacheVariants? ReadVariants(ref Reader reader)
    {
        if (!reader.TryReadCount(out var count) || count > CacheVariants.MaximumCount) return null;
        var lists = new HeaderNameSet[count];
        for (var i = 0; i < count; i++)
        {
            var names = HeaderNameSet.NewSet();
            if (!reader.TryRead(out string text) || !HeaderNameSet.TryAdd(names, text)) return null;
            lists[i] = new(names);
            if (lists[i].ToString() != text) return null;
        }
        if (ReadTexts(ref reader) is not { } tags || tags.Length > CacheVariants.MaximumTags) return null;
        return reader.IsAtEnd ? new(lists) { Tags = tags } : null;
    }

    private static CacheEpoch? ReadEpoch(ref Reader reader)
    {
        if (!reader.TryRead(out UInt128 number) || !reader.TryRead(out int origin) || !reader.IsAtEnd) return null;
        return origin is > (int)EpochOrigin.Unknown and <= (int)EpochOrigin.BriefInvalidation ? new(number, (EpochOrigin)origin) : null;
    }

    private static void Write(ArrayBufferWriter<byte> writer, UInt128 number)
    {
        BinaryPrimitives.WriteUInt128LittleEndian(writer.GetSpan(16), number);
        writer.Advance(16);
    }

    private static void Write(ArrayBufferWriter<byte> writer, int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(writer.GetSpan(4), value);
        writer.Advance(4);
    }

    private static void Write(ArrayBufferWriter<byte> writer, long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(writer.GetSpan(8), value);
        writer.Advance(8);
    }

    // One byte per character, or two if any character is above U+00FF. Every text survives, including lone surrogates.
    private static void Write(ArrayBufferWriter<byte> writer, string text)
    {
        var isWide = text.AsSpan().ContainsAnyExceptInRange('\0', '\xFF');
        Write(writer, checked((text.Length << 1) | (isWide ? 1 : 0)));
        var length = isWide ? 2 * text.Length : text.Length;
        var octets = writer.GetSpan(length);
        if (!isWide) Encoding.Latin1.GetBytes(text, octets);
        for (var i = 0; isWide && i < text.Length; i++) BinaryPrimitives.WriteUInt16LittleEndian(octets[(2 * i)..], text[i]);
        writer.Advance(length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, long start, Segment? next = null) =>
            (Memory, RunningIndex, Next) = (memory, start, next);
    }

    /// <summary>Reads parts from the front. It allocates only after it has checked that the bytes are there.</summary>
    private ref struct Reader(ReadOnlyMemory<byte> rest)
    {
        private ReadOnlyMemory<byte> _rest = rest;

        public readonly bool IsAtEnd => _rest.IsEmpty;

        public bool TryTake(int length, out ReadOnlyMemory<byte> octets)
        {
            octets = default;
            if (length < 0 || length > _rest.Length) return false;
            (octets, _rest) = (_rest[..length], _rest[length..]);
            return true;
        }

        public bool TryRead(out int value)
        {
            var isThere = TryTake(4, out var octets);
            value = isThere ? BinaryPrimitives.ReadInt32LittleEndian(octets.Span) : 0;
            return isThere;
        }

        public bool TryRead(out long value)
        {
            var isThere = TryTake(8, out var octets);
            value = isThere ? BinaryPrimitives.ReadInt64LittleEndian(octets.Span) : 0;
            return isThere;
        }

        public bool TryRead(out UInt128 value)
        {
            var isThere = TryTake(16, out var octets);
            value = isThere ? BinaryPrimitives.ReadUInt128LittleEndian(octets.Span) : 0;
            return isThere;
        }

        public bool TryReadTime(out DateTimeOffset time)
        {
            var isTime = TryRead(out long ticks) && ticks >= 0 && ticks <= DateTimeOffset.MaxValue.UtcTicks;
            time = isTime ? new(ticks, TimeSpan.Zero) : default;
            return isTime;
        }

        // Each counted element takes at least four bytes.
        public bool TryReadCount(out int count) => TryRead(out count) && count >= 0 && count <= _rest.Length / 4;

        public bool TryRead(out string text)
        {
            text = "";
            if (!TryRead(out int prefix) || prefix < 0) return false;
            var (length, isWide) = (prefix >> 1, (prefix & 1) != 0);
            if (length > _rest.Length || !TryTake(isWide ? 2 * length : length, out var octets)) return false;
            text = isWide ? string.Create(length, octets, static (characters, octets) =>
            {
                for (var i = 0; i < characters.Length; i++)
                    characters[i] = (char)BinaryPrimitives.ReadUInt16LittleEndian(octets.Span[(2 * i)..]);
            }) : Encoding.Latin1.GetString(octets.Span);
            return true;
        }

        public bool TryReadRest(out ReadOnlyMemory<byte> octets)
        {
            octets = default;
            return TryRead(out int length) && length == _rest.Length && TryTake(length, out octets);
        }
    }
}
