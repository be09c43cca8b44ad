using System.Buffers;
using System.Diagnostics;
using System.Runtime.Intrinsics;

namespace HttpQuery.CacheKeys.Normalization;

/// <summary>The member names of all objects that are open at one position of a JSON text; detects repeated names in an object
/// (docs/cache-key.md, section 6.1).</summary>
/// <remarks>Names are compared as written, because equal names are written alike. The names of an object lie on top of those of the objects
/// around it, and closing the object removes them. Up to <see cref="FewNames"/> names are compared one by one by their fingerprints; more
/// names use a hash table (<c>.Table.cs</c>). Names with equal fingerprints are compared completely.</remarks>
internal sealed partial class MemberNameSet : IDisposable
{
    private const int FewNames = 32;

    // Names are read and copied in steps of this many bytes.
    private const int Step = 16;

    // A name of n bytes has up to 6n as written.
    private const int LongestWritten = (6 * ContentLimits.NameBytes) + 1;

    private const int InitialNames = 256;
    private const int InitialBytes = 8192;

    // Larger buffers return to the pool before the next content.
    private const int KeptNames = 16 * InitialNames;
    private const int KeptBytes = 16 * InitialBytes;

    // The objects around the innermost one. The first entry is empty: it is around the outermost object.
    private readonly OpenObject[] _around = new OpenObject[ContentLimits.Depth];
    private OpenObject _innermost;
    private int _open;
    private byte[] _bytes = [];
    private int[] _ends = [];
    private uint[] _fingerprints = [];
    private int _count;

    // Bytes of names, as written and with escapes resolved.
    private int _written;
    private int _resolved;

    // Bytes of an unfinished name.
    private int _begun;

    /// <summary>Removes all names.</summary>
    internal void Clear()
    {
        if (_bytes.Length > KeptBytes || _ends.Length > KeptNames) ReturnNames();
        if (_bytes.Length == 0) RentNames();
        ClearTable();
        (_open, _count, _written, _resolved, _begun) = (0, 0, 0, 0, 0);
        _innermost = default;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_bytes.Length > 0) ReturnNames();
        ReturnTable();
    }

    internal void Open()
    {
        _around[_open++] = _innermost;
        _innermost = new() { FirstName = _count, Written = _written, Resolved = _resolved };
    }

    internal void Close()
    {
        if (_innermost.HasTable) RemoveFromTable(_innermost.FirstName);
        (_count, _written, _resolved) = (_innermost.FirstName, _innermost.Written, _innermost.Resolved);
        _innermost = _around[--_open];
    }

    /// <summary>Adds a name to the innermost object.</summary>
    /// <param name="text">The name as written, without quotes, and at least 16 more bytes.</param>
    /// <param name="length">The length of the name.</param>
    /// <returns><see langword="false"/> when the object has it already, or a limit is exceeded.</returns>
    internal bool Add(ReadOnlySpan<byte> text, int length)
    {
        Debug.Assert(text.Length >= length + Step);
        if (length > Step || !IsRoomForShortName) return AddAny(text, length);

        // A fast path of AddAny for short names in an object with few names.
        var bytes = First(text, length);
        if (Vector128.EqualsAny(bytes, Vector128.Create((byte)'\\'))) return AddAny(text, length);
        var fingerprint = Fingerprint(bytes, length);
        if (_innermost.MayHave(fingerprint) && IsAmongFew(text[..length], fingerprint)) return false;
        bytes.CopyTo(_bytes.AsSpan(_written));
        _resolved += length;
        if (_resolved > ContentLimits.NameBytes) return false;
        Append(fingerprint, length);
        return true;
    }

    private bool IsRoomForShortName => _written + Step <= _bytes.Length && _count < Math.Min(_ends.Length, _fingerprints.Length)
        && _count - _innermost.FirstName < FewNames;

    private bool AddAny(ReadOnlySpan<byte> text, int length)
    {
        if (!Reserve(length)) return false;
        text[..(length + Step)].CopyTo(_bytes.AsSpan(_written));
        return AddReserved(length);
    }

    /// <summary>Starts a name that continues in the next text.</summary>
    internal bool Begin(ReadOnlySpan<byte> start) => Continue(start);

    /// <summary>Continues the started name.</summary>
    internal bool Continue(ReadOnlySpan<byte> more)
    {
        if (!Reserve(_begun + more.Length)) return false;
        more.CopyTo(_bytes.AsSpan(_written + _begun));
        _begun += more.Length;
        return true;
    }

    /// <summary>Adds the started name, without its last byte, which is the quote.</summary>
    internal bool End()
    {
        var length = _begun - 1;
        _begun = 0;
        return AddReserved(length);
    }

    // The name lies after the last one.
    private bool AddReserved(int length)
    {
        var name = _bytes.AsSpan(_written, length);
        _resolved += Resolved(name);
        var known = _count - _innermost.FirstName;
        if (_resolved > ContentLimits.NameBytes || known == ContentLimits.Members) return false;

        if (known == FewNames) StartTable();
        if (_count == _ends.Length) Grow(ref _ends, _count + 1, _count);
        if (_count == _fingerprints.Length) Grow(ref _fingerprints, _count + 1, _count);
        if (_innermost.HasTable)
        {
            var hash = Hash(name);
            if (IsInTable(name, hash)) return false;
            Append(hash, length);
            AddToTable(_count - 1);
            return true;
        }

        var fingerprint = Fingerprint(_bytes.AsSpan(_written), length);
        if (_innermost.MayHave(fingerprint) && IsAmongFew(name, fingerprint)) return false;
        Append(fingerprint, length);
        return true;
    }

    private void Append(uint fingerprint, int length)
    {
        _innermost.Filter |= Bit(fingerprint);
        _written += length;
        _fingerprints[_count] = fingerprint;
        _ends[_count++] = _written;
    }

    private bool IsAmongFew(ReadOnlySpan<byte> name, uint fingerprint)
    {
        for (var index = _innermost.FirstName; index < _count; index++)
            if (_fingerprints[index] == fingerprint && NameAt(index).SequenceEqual(name)) return true;
        return false;
    }

    private ReadOnlySpan<byte> NameAt(int index)
    {
        var start = index == 0 ? 0 : _ends[index - 1];
        return _bytes.AsSpan(start, _ends[index] - start);
    }

    private static Vector128<byte> First(ReadOnlySpan<byte> text, int length) =>
        Vector128.Create(text) & Vector128.Create(KeepFirst.Slice(Step - Math.Min(length, Step), Step));

    // A cheap filter: the first and the last 16 bytes, and the length.
    private static uint Fingerprint(ReadOnlySpan<byte> text, int length)
    {
        var bytes = First(text, length);
        return Fingerprint(length > Step ? bytes ^ (Vector128.Create(text[(length - Step)..]) + Vector128<byte>.One) : bytes, length);
    }

    private static uint Fingerprint(Vector128<byte> bytes, int length)
    {
        var (low, high) = (bytes.AsUInt64()[0], bytes.AsUInt64()[1]);
        var mixed = (low * 0x9E37_79B9_7F4A_7C15) ^ (high * 0xC2B2_AE3D_27D4_EB4F);
        return (uint)(mixed >> 32) + (uint)length;
    }

    private static ulong Bit(uint fingerprint) => 1UL << (int)(fingerprint >> 26);

    private static ReadOnlySpan<byte> KeepFirst =>
    [
        0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    ];

    // Escapes as the first pass writes them: \", \\ and \u00 with two digits each stand for one byte.
    private static int Resolved(ReadOnlySpan<byte> name)
    {
        var resolved = name.Length;
        for (var escape = name.IndexOf((byte)'\\'); escape >= 0; escape = name.IndexOf((byte)'\\'))
        {
            var length = name[escape + 1] == 'u' ? 6 : 2;
            resolved -= length - 1;
            name = name[(escape + length)..];
        }

        return resolved;
    }

    // Room for a name of this length, and for a copy of Step bytes beyond it.
    private bool Reserve(int length)
    {
        if (length > LongestWritten) return false;
        var needed = _written + length + Step;
        if (needed > _bytes.Length) Grow(ref _bytes, needed, _written + _begun);
        return true;
    }

    private void RentNames()
    {
        _bytes = ArrayPool<byte>.Shared.Rent(InitialBytes);
        _ends = ArrayPool<int>.Shared.Rent(InitialNames);
        _fingerprints = ArrayPool<uint>.Shared.Rent(InitialNames);
    }

    private void ReturnNames()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        ArrayPool<int>.Shared.Return(_ends);
        ArrayPool<uint>.Shared.Return(_fingerprints);
        (_bytes, _ends, _fingerprints) = ([], [], []);
    }

    private static void Grow<T>(ref T[] array, int needed, int used)
    {
        var grown = ArrayPool<T>.Shared.Rent(Math.Max(needed, 2 * array.Length));
        array.AsSpan(0, used).CopyTo(grown);
        if (array.Length > 0) ArrayPool<T>.Shared.Return(array);
        array = grown;
    }

    // An open object: the state before its names, whether they are in the table, and one bit per fingerprint.
    private struct OpenObject
    {
        public int FirstName;
        public int Written;
        public int Resolved;
        public bool HasTable;
        public ulong Filter;

        public readonly bool MayHave(uint fingerprint) => (Filter & Bit(fingerprint)) != 0;
    }
}
