using System.Buffers;
using System.Runtime.InteropServices;

namespace HttpQuery.CacheKeys.Normalization;

// A hash table of the names of objects with many members. The hash differs in every process, so clients cannot prepare collisions.
internal sealed partial class MemberNameSet
{
    private const int Nothing = -1;
    private const int InitialBuckets = 1024;

    // The newest name of each bucket, and for each name the next older one. Names are removed in reverse order, so a removed name is the
    // newest of its bucket. The names of an object come before those of the objects around it.
    private int[] _newest = [];
    private int[] _older = [];
    private int _buckets;
    private int _inTable;

    private static uint Hash(ReadOnlySpan<byte> name)
    {
        // The hash of text is keyed, and reads two bytes at a time.
        var hash = (uint)string.GetHashCode(MemoryMarshal.Cast<byte, char>(name));
        return name.Length % 2 == 0 ? hash : hash ^ ((name[^1] + 1u) * 0x9E37_79B1);
    }

    private bool IsInTable(ReadOnlySpan<byte> name, uint hash)
    {
        for (var index = _newest[hash & (_buckets - 1)]; index >= _innermost.FirstName; index = _older[index])
            if (_fingerprints[index] == hash && NameAt(index).SequenceEqual(name)) return true;
        return false;
    }

    private void StartTable()
    {
        _innermost.HasTable = true;
        for (var index = _innermost.FirstName; index < _count; index++)
        {
            _fingerprints[index] = Hash(NameAt(index));
            AddToTable(index);
        }
    }

    private void AddToTable(int index)
    {
        if (index >= _older.Length) Grow(ref _older, _ends.Length, _older.Length);
        if (_inTable == _buckets) GrowTable(index);
        Link(index);
        _inTable++;
    }

    private void Link(int first, int end)
    {
        for (var index = first; index < end; index++) Link(index);
    }

    private void Link(int index)
    {
        ref var newest = ref _newest[_fingerprints[index] & (_buckets - 1)];
        _older[index] = newest;
        newest = index;
    }

    private void RemoveFromTable(int first)
    {
        for (var index = _count - 1; index >= first; index--) _newest[_fingerprints[index] & (_buckets - 1)] = _older[index];
        _inTable -= _count - first;
    }

    // Links the names before end again.
    private void GrowTable(int end)
    {
        _buckets = Math.Max(2 * _buckets, InitialBuckets);
        if (_newest.Length < _buckets) Grow(ref _newest, _buckets, 0);
        _newest.AsSpan(0, _buckets).Fill(Nothing);
        for (var i = 0; i < _open; i++)
        {
            if (_around[i].HasTable) Link(_around[i].FirstName, i + 1 < _open ? _around[i + 1].FirstName : _innermost.FirstName);
        }

        Link(_innermost.FirstName, end);
    }

    // A table that still has names, or is large, is returned.
    private void ClearTable()
    {
        if (_inTable > 0 || _buckets > InitialBuckets) ReturnTable();
    }

    private void ReturnTable()
    {
        if (_newest.Length > 0) ArrayPool<int>.Shared.Return(_newest);
        if (_older.Length > 0) ArrayPool<int>.Shared.Return(_older);
        (_newest, _older, _buckets, _inTable) = ([], [], 0, 0);
    }
}
