using System.Buffers;
using HttpQuery.CacheKeys.Buffers;

namespace HttpQuery.CacheKeys.Normalization;

/// <summary>JSON as <see cref="JsonNormalizer"/> writes it, with the members of each object ordered by name (docs/cache-key.md,
/// section 6.2).</summary>
/// <remarks>If the order of members may count, this writes the output of <see cref="JsonNormalizer"/> in its domain. So the text is
/// kept until the end, and then searched for objects whose members are not in order (<c>.Members.cs</c>).</remarks>
internal sealed partial class SortedJsonNormalizer : ContentNormalizer
{
    private readonly JsonNormalizer _json = new();

    // The output of _json, its domain byte first.
    private readonly PooledList<byte> _kept = new();
    private IBufferWriter<byte>? _output;

    public SortedJsonNormalizer()
    {
        _byName = (left, right) => CompareNames(Name(left), Name(right));
        _byNameWithoutCase = (left, right) => CompareWithoutCase(Name(left), Name(right));
    }

    private ReadOnlySpan<byte> Text => _kept.Items;

    /// <inheritdoc/>
    public override void Start(IBufferWriter<byte> output)
    {
        _output = output;
        _kept.Clear();
        _json.Start(_kept);
    }

    /// <inheritdoc/>
    public override bool Append(ReadOnlySpan<byte> bytes) => _json.Append(bytes);

    /// <inheritdoc/>
    public override bool Complete(out byte domain)
    {
        var output = _output!;
        _output = null;
        if (!_json.Complete(out domain)) return false;

        if (FindMembers())
        {
            domain = ContentDomain.SortedJson;
            Write(output, [domain]);
            WriteSorted(output);
        }
        else
        {
            Write(output, Text);
        }

        return true;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _json.Dispose();
        _kept.Dispose();
        DisposeMembers();
        base.Dispose();
    }

    // As BuffersExtensions.Write, but skips empty spans: the writer may have no room left.
    private static void Write(IBufferWriter<byte> output, ReadOnlySpan<byte> bytes)
    {
        if (!bytes.IsEmpty) output.Write(bytes);
    }

    // Enumerates the objects to rewrite in the order of the text, and through the members of each in the order of names.
    private void WriteSorted(IBufferWriter<byte> output)
    {
        Span<OpenObject> around = stackalloc OpenObject[ContentLimits.Depth];
        var depth = 0;
        var (start, end, next) = (1, Text.Length, 0);
        while (true)
        {
            var isObject = next < _objects.Count && _objects[next].Start < end;
            var plainEnd = isObject ? _objects[next].Start : end;
            Write(output, Text[start..plainEnd]);
            if (isObject)
            {
                around[depth++] = new() { Object = next, End = end };
                Write(output, "{"u8);
                (start, end, next) = Range(_members[_objects[next].FirstMember]);
                continue;
            }

            if (depth == 0) return;
            ref var open = ref around[depth - 1];
            ref var written = ref _objects[open.Object];
            if (++open.Member < written.MemberCount)
            {
                Write(output, ","u8);
                (start, end, next) = Range(_members[written.FirstMember + open.Member]);
            }
            else
            {
                Write(output, "}"u8);
                (start, end, next) = (written.End, open.End, written.Next);
                depth--;
            }
        }

        static (int Start, int End, int Next) Range(Member member) => (member.Start, member.End, member.Next);
    }

    // An object being written: its current member, and the end of the text that contains it.
    private struct OpenObject
    {
        public int Object;
        public int Member;
        public int End;
    }
}
