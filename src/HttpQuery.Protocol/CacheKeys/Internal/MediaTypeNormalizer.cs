
namespace HttpQuery.CacheKeys;

/// <summary>The media type as it stands in the key (docs/cache-key.md §4), and what it says of the content.</summary>
internal sealed class MediaTypeNormalizer
{
    private const byte Absent = 0;
    private const byte Normalized = 1;
    private const byte AsSent = 2;

    // Of each parameter where it starts in the text; enough for all that is usual, and grown for the rest.
    private (int NameStart, int NameLength, int ValueStart, int ValueLength)[] _parameters = new (int, int, int, int)[8];
    private char[] _text = new char[128];
    private int _length;
    private int _count;

    /// <summary>Whether the field is there once, parses, and names each parameter once.</summary>
    public bool IsWellFormed { get; private set; }

    /// <summary>The text of a well-formed media type.</summary>
    public ReadOnlySpan<char> Text => _text.AsSpan(0, _length);

    /// <summary>Reads the field; the rest of this object then speaks of it.</summary>
    public void Read(RequestFields fields)
    {
        (_length, _count, IsWellFormed) = (0, 0, false);
        if (fields.Count(FieldKind.ContentType) != 1) return;

        // One char for each octet, so that the text can be read as text and written as it came.
        var line = fields.First(FieldKind.ContentType);
        if (_text.Length < line.Length) _text = new char[2 * line.Length];
        for (var i = 0; i < line.Length; i++) _text[i] = (char)line[i];
        _length = line.Length;
        IsWellFormed = ReadParameters();
    }

    public void Write(OctetBuffer output, RequestFields fields, bool asSent)
    {
        if (fields.Count(FieldKind.ContentType) == 0)
        {
            output.U8(Absent);
            return;
        }
        if (asSent || !IsWellFormed)
        {
            output.U8(AsSent);
            fields.Write(output, FieldKind.ContentType);
            return;
        }

        var reader = new MediaTypeReader(Text);
        output.U8(Normalized);
        output.U32(reader.Type.Length + 1 + reader.Subtype.Length);
        WriteLowerCase(output, reader.Type);
        output.U8((byte)'/');
        WriteLowerCase(output, reader.Subtype);
        output.U32(_count);
        foreach (var (nameStart, nameLength, valueStart, valueLength) in _parameters.AsSpan(0, _count))
        {
            output.U32(nameLength);
            var name = _text.AsSpan(nameStart, nameLength);
            WriteLowerCase(output, name);
            WriteValue(output, _text.AsSpan(valueStart, valueLength), name.Equals("charset", StringComparison.OrdinalIgnoreCase));
        }
    }

    private bool ReadParameters()
    {
        var reader = new MediaTypeReader(Text);
        while (reader.ReadParameter())
        {
            if (_count == _parameters.Length) Array.Resize(ref _parameters, 2 * _count);
            Text.Overlaps(reader.ParameterName, out var name);
            Text.Overlaps(reader.ParameterRawValue, out var value);
            _parameters[_count++] = (name, reader.ParameterName.Length, value, reader.ParameterRawValue.Length);
        }
        if (reader.IsMalformed) return false;

        // The names are tokens, so comparing without case orders them as their lower case does.
        if (_count > 1) _parameters.AsSpan(0, _count).Sort(new ByName(_text));
        for (var i = 1; i < _count; i++)
        {
            if (Name(i - 1).Equals(Name(i), StringComparison.OrdinalIgnoreCase)) return false;
        }
        return true;
    }

    private ReadOnlySpan<char> Name(int index) => _text.AsSpan(_parameters[index].NameStart, _parameters[index].NameLength);

    private static void WriteLowerCase(OctetBuffer output, ReadOnlySpan<char> text)
    {
        foreach (var c in text) output.U8(OctetCase.ToLower((byte)c));
    }

    private static void WriteValue(OctetBuffer output, ReadOnlySpan<char> raw, bool lowerCase)
    {
        var quoted = raw is ['"', ..];
        if (quoted) raw = raw[1..^1];
        var start = output.BeginBytes();
        for (var i = 0; i < raw.Length; i++)
        {
            if (quoted && raw[i] == '\\') i++;
            output.U8(lowerCase ? OctetCase.ToLower((byte)raw[i]) : (byte)raw[i]);
        }
        output.EndBytes(start);
    }

    private readonly struct ByName(char[] text) : IComparer<(int NameStart, int NameLength, int ValueStart, int ValueLength)>
    {
        public int Compare(
            (int NameStart, int NameLength, int ValueStart, int ValueLength) x, (int NameStart, int NameLength, int ValueStart, int ValueLength) y)
        {
            var left = text.AsSpan(x.NameStart, x.NameLength);
            var right = text.AsSpan(y.NameStart, y.NameLength);
            for (var i = 0; i < Math.Min(left.Length, right.Length); i++)
            {
                var difference = OctetCase.ToLower((byte)left[i]) - OctetCase.ToLower((byte)right[i]);
                if (difference != 0) return difference;
            }
            return left.Length - right.Length;
        }
    }
}
