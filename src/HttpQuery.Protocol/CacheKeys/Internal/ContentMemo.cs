using System.Numerics;
using System.Runtime.InteropServices;

namespace HttpQuery.CacheKeys;

/// <summary>Remembers what contents came to be in the key, by the digest of their exact octets and by how they were read.</summary>
/// <remarks>Two contents with the same octets, coding and normalizer come to the same; nothing else of the request decides. Bounded: a set of
/// four places takes each content, and a new one drives out the eldest of its set.</remarks>
internal sealed class ContentMemo
{
    private const int Ways = 4;
    private const int MostLocks = 64;

    private readonly Entry[] _entries;
    private readonly Lock[] _locks;
    private readonly int _setMask;

    public ContentMemo(int capacity)
    {
        var sets = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(1, (capacity + Ways - 1) / Ways));
        _entries = new Entry[sets * Ways];
        _setMask = sets - 1;
        _locks = new Lock[Math.Min(MostLocks, sets)];
        for (var i = 0; i < _locks.Length; i++) _locks[i] = new();
    }

    public bool TryGet(ReadOnlySpan<byte> received, ushort reading, out ContentKey content)
    {
        var set = MemoryMarshal.Read<int>(received) & _setMask;
        lock (_locks[set & (_locks.Length - 1)])
        {
            foreach (ref readonly var entry in _entries.AsSpan(set * Ways, Ways))
            {
                if (entry.Reading != reading || !entry.Received.Equals(received)) continue;
                content = entry.Content;
                return true;
            }
        }
        content = default;
        return false;
    }

    public void Set(ReadOnlySpan<byte> received, ushort reading, in ContentKey content)
    {
        var set = MemoryMarshal.Read<int>(received) & _setMask;
        lock (_locks[set & (_locks.Length - 1)])
        {
            var entries = _entries.AsSpan(set * Ways, Ways);
            foreach (ref readonly var entry in entries)
            {
                if (entry.Reading == reading && entry.Received.Equals(received)) return;
            }
            entries[..^1].CopyTo(entries[1..]);
            entries[0] = new() { Received = new(received), Reading = reading, Content = content };
        }
    }

    private struct Entry
    {
        public Digest Received;

        // 0 is no reading: an empty place.
        public ushort Reading;

        public ContentKey Content;
    }
}
