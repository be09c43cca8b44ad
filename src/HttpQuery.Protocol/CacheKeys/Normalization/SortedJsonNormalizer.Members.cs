using System.Buffers;
using System.Text;
using HttpQuery.CacheKeys.Buffers;
using HttpQuery.HeaderSyntax;

namespace HttpQuery.CacheKeys.Normalization;

// Finds and orders the members of objects. The text is well formed and has no whitespace.
internal sealed partial class SortedJsonNormalizer
{
    private static readonly SearchValues<byte> Structure = SearchValues.Create("\"{}[],"u8);
    private static readonly SearchValues<byte> StringStops = SearchValues.Create("\"\\"u8);

    private readonly Comparison<Member> _byName;
    private readonly Comparison<Member> _byNameWithoutCase;

    // The objects to rewrite, in the order of the text, and the members of each side by side.
    private readonly PooledList<SortedObject> _objects = new();
    private readonly PooledList<Member> _members = new();

    // The members read so far of all open objects.
    private readonly PooledList<Member> _openMembers = new();

    private void DisposeMembers()
    {
        _objects.Dispose();
        _members.Dispose();
        _openMembers.Dispose();
    }

    // False when the order of members may count. Then nothing is sorted.
    private bool FindMembers()
    {
        _objects.Clear();
        _members.Clear();
        _openMembers.Clear();

        // For each open array or object: its index in _objects (-1 for an array) and its first member in _openMembers.
        Span<(int Object, int FirstMember)> open = stackalloc (int, int)[ContentLimits.Depth];
        var text = Text;
        var (depth, position, isName) = (0, 1, false);
        while (text[position..].IndexOfAny(Structure) is var skipped and >= 0)
        {
            position += skipped;
            switch (text[position])
            {
                case (byte)'"':
                    var end = StringEnd(text, position);
                    if (isName) _openMembers.Add(new() { Start = position, NameEnd = end, Next = _objects.Count });
                    isName = false;
                    position = end;
                    break;
                case (byte)'{':
                    open[depth++] = (_objects.Count, _openMembers.Count);
                    _objects.Add(new() { Start = position });
                    isName = text[position + 1] != '}';
                    break;
                case (byte)'[':
                    open[depth++] = (-1, 0);
                    break;
                case (byte)',':
                    isName = open[depth - 1].Object >= 0;
                    if (isName) EndMember(position);
                    break;
                case (byte)'}':
                    depth--;
                    if (!Close(open[depth].Object, open[depth].FirstMember, position)) return false;
                    break;
                default:
                    depth--;
                    break;
            }

            position++;
        }

        return true;
    }

    private void EndMember(int position) => _openMembers[_openMembers.Count - 1].End = position;

    // False when the order of these members may count.
    private bool Close(int index, int firstMember, int position)
    {
        var members = _openMembers.Items[firstMember..];
        if (!members.IsEmpty) EndMember(position);
        if (members.Length > 1)
        {
            foreach (var member in members)
                if (!Ascii.IsValid(Name(member))) return false;
        }

        var isInOrder = IsInOrder(members, _byName);
        if (!IsInOrder(members, _byNameWithoutCase) && !AreDistinctWithoutCase(members)) return false;
        if (isInOrder && index == _objects.Count - 1)
        {
            // Nothing in it is rewritten.
            _objects.Cut(index);
        }
        else
        {
            members.Sort(_byName);
            ref var closed = ref _objects[index];
            (closed.FirstMember, closed.MemberCount) = (_members.Count, members.Length);
            (closed.End, closed.Next) = (position + 1, _objects.Count);
            _members.AddRange(members);
        }

        _openMembers.Cut(firstMember);
        return true;
    }

    // Each is less than the next, so that no two are equal.
    private static bool IsInOrder(ReadOnlySpan<Member> members, Comparison<Member> compare)
    {
        for (var i = 1; i < members.Length; i++)
            if (compare(members[i - 1], members[i]) >= 0) return false;
        return true;
    }

    // Leaves the members in that order.
    private bool AreDistinctWithoutCase(Span<Member> members)
    {
        members.Sort(_byNameWithoutCase);
        return IsInOrder(members, _byNameWithoutCase);
    }

    private ReadOnlySpan<byte> Name(Member member) => Text[(member.Start + 1)..member.NameEnd];

    // Returns the position of the quote that ends the string that starts at start.
    private static int StringEnd(ReadOnlySpan<byte> text, int start)
    {
        var position = start + 1;
        while (true)
        {
            position += text[position..].IndexOfAny(StringStops);
            if (text[position] == '"') return position;
            position += 2;
        }
    }

    // Compares the unescaped names byte by byte. Names are written alike up to the first difference, which may lie in an escape.
    private static int CompareNames(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        var position = CharacterStart(left, left.CommonPrefixLength(right));
        return FirstByte(left[position..]) - FirstByte(right[position..]);
    }

    // Compares the written names, because escapes are always written in lower case.
    private static int CompareWithoutCase(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        for (var position = left.CommonPrefixLength(right); position < left.Length && position < right.Length; position++)
        {
            var difference = HttpSyntax.ToLower((char)left[position]) - HttpSyntax.ToLower((char)right[position]);
            if (difference != 0) return difference;
        }

        return left.Length - right.Length;
    }

    // The position, or the start of the escape that contains it.
    private static int CharacterStart(ReadOnlySpan<byte> name, int position)
    {
        if (!name[Math.Max(0, position - 5)..position].Contains((byte)'\\')) return position;
        var start = 0;
        while (start < position)
        {
            var length = name[start] != '\\' ? 1 : name[start + 1] == 'u' ? 6 : 2;
            if (start + length > position) break;
            start += length;
        }

        return start;
    }

    // The next byte of a name, unescaped: \" and \\, or \u00 with two digits. The end sorts before all bytes.
    private static int FirstByte(ReadOnlySpan<byte> rest)
    {
        if (rest.IsEmpty) return -1;
        if (rest[0] != '\\') return rest[0];
        return rest[1] != 'u' ? rest[1] : (HexValue(rest[4]) << 4) | HexValue(rest[5]);
    }

    private static int HexValue(byte digit) => digit <= '9' ? digit - '0' : digit - 'a' + 10;

    // An object to rewrite: from its opening brace to after its closing one, its members, and the first object after it.
    private struct SortedObject
    {
        public int Start;
        public int End;
        public int FirstMember;
        public int MemberCount;
        public int Next;
    }

    // From the quote of its name to the comma or brace after it, and the first object in it to rewrite.
    private struct Member
    {
        public int Start;
        public int NameEnd;
        public int End;
        public int Next;
    }
}
