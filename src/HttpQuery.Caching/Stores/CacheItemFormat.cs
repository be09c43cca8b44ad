using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using HttpQuery.Caching.Epochs;
using Microsoft.Extensions.Primitives;

namespace HttpQuery.Caching;

/// <summary>Items as octets, for stores that keep nothing else, and the names that such stores know them by.</summary>
/// <remarks>Version, kind, a checksum over the key and all other octets, then the parts of the item in their order; numbers are little-endian. What is not exactly what was written under this key is
/// nothing at all.</remarks>
internal static class CacheItemFormat
{
    /// <summary>Of what this class writes. Another one has other names, so that no version ever reads what another wrote.</summary>
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

    /// <summary>The key as text.</summary>
    public static string NameOf(QueryCacheKey key) => $"{Prefix}{key}";

    /// <summary>A lifetime that every store can count: from a second to ten years.</summary>
    public static TimeSpan LifetimeOf(TimeSpan lifetime) => lifetime > Longest ? Longest : lifetime < Shortest ? Shortest : lifetime;

    /// <summary>Writes an item; the content of a response is not copied.</summary>
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

    /// <summary>Reads an item; its content is of the same memory.</summary>
    /// <param name="key">The key that it was asked for.</param>
    /// <param name="octets">What came.</param>
    /// <param name="rules">The rules under which a response is used, but for the lifetime that it was given when it was stored.</param>
    /// <returns><see langword="null"/> where the octets are not what was written under the key.</returns>
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

    /// <summary>The first 16 octets of a SHA-256 over the key and all octets but the checksum itself.</summary>
    /// <param name="key">The key.</param>
    /// <param name="octets">The item, or its beginning.</param>
    /// <param name="rest">The octets that follow.</param>
    /// <param name="checksum">Where the checksum goes.</param>
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
        Write(writer, response.Fields.Count);
        foreach (var (name, lines) in response.Fields)
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
        if (!reader.TryRead(out int status) || status is < 100 or > 999 || !reader.TryReadTime(out var requestTime) || !reader.TryReadTime(out var responseTime)) return null;
        if (!reader.TryRead(out long ticks) || ticks < -1 || !reader.TryRead(out UInt128 resource) || !reader.TryRead(out UInt128 store)) return null;
        if (ReadFields(ref reader) is not { } fields || ReadTagEpochs(ref reader) is not { } tags || !reader.TryReadRest(out var content)) return null;

        TimeSpan? lifetime = ticks < 0 ? null : TimeSpan.FromTicks(ticks);
        var own = rules.DefaultLifetime == lifetime ? rules : rules with { DefaultLifetime = lifetime };
        return new(new(own, status, fields, requestTime, responseTime), content, new(resource, store, tags));
    }

    private static StoredFields? ReadFields(ref Reader reader)
    {
        if (!reader.TryReadCount(out var count)) return null;
        var fields = new KeyValuePair<string, StringValues>[count];
        foreach (ref var field in fields.AsSpan())
        {
            if (!reader.TryRead(out string name) || !reader.TryReadCount(out var lineCount)) return null;
            var lines = new string[lineCount];
            for (var i = 0; i < lineCount; i++)
            {
                if (!reader.TryRead(out lines[i])) return null;
            }
            field = new(name, lineCount == 1 ? new StringValues(lines[0]) : new StringValues(lines));
        }
        return new(fields);
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
        var lists = new FieldNames[count];
        for (var i = 0; i < count; i++)
        {
            var names = FieldNames.NewSet();
            if (!reader.TryRead(out string text) || !FieldNames.TryAdd(names, text)) return null;
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

    // A character is an octet, or two where one is beyond U+00FF: whatever text there is comes back, surrogates alone too.
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
        public Segment(ReadOnlyMemory<byte> memory, long start, Segment? next = null) => (Memory, RunningIndex, Next) = (memory, start, next);
    }

    /// <summary>Takes parts from the front; nothing is allocated before it is known to be there.</summary>
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

        // Each of what is counted takes four octets at least.
        public bool TryReadCount(out int count) => TryRead(out count) && count >= 0 && count <= _rest.Length / 4;

        public bool TryRead(out string text)
        {
            text = "";
            if (!TryRead(out int prefix) || prefix < 0) return false;
            var (length, isWide) = (prefix >> 1, (prefix & 1) != 0);
            if (length > _rest.Length || !TryTake(isWide ? 2 * length : length, out var octets)) return false;
            text = isWide ? string.Create(length, octets, static (characters, octets) =>
            {
                for (var i = 0; i < characters.Length; i++) characters[i] = (char)BinaryPrimitives.ReadUInt16LittleEndian(octets.Span[(2 * i)..]);
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
