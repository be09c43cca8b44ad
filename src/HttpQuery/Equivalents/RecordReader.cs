using System.Text;
using Microsoft.Extensions.Primitives;

namespace HttpQuery.Equivalents;

/// <summary>Reads what <see cref="RecordWriter"/> wrote.</summary>
/// <exception cref="InvalidDataException">From each method: the record is cut off or malformed.</exception>
internal ref struct RecordReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    public int ReadNumber()
    {
        var number = 0u;
        for (var shift = 0; shift < 32; shift += 7)
        {
            if (_rest.IsEmpty) break;
            var next = _rest[0];
            _rest = _rest[1..];
            number |= (next & 0x7Fu) << shift;
            if (next < 0x80) return number <= int.MaxValue ? (int)number : throw Malformed();
        }
        throw Malformed();
    }

    public ReadOnlySpan<byte> ReadBytes()
    {
        var length = ReadNumber();
        if (length > _rest.Length) throw Malformed();
        var value = _rest[..length];
        _rest = _rest[length..];
        return value;
    }

    public string ReadText() => Encoding.UTF8.GetString(ReadBytes());

    public KeyValuePair<string, StringValues>[] ReadHeaders()
    {
        var count = ReadNumber();
        if (count > _rest.Length) throw Malformed();
        var headers = new List<KeyValuePair<string, StringValues>>();
        for (var i = 0; i < count; i++)
        {
            var (name, line) = (ReadText(), ReadText());
            if (headers.Count > 0 && headers[^1].Key == name) headers[^1] = new(name, StringValues.Concat(headers[^1].Value, line));
            else headers.Add(new(name, line));
        }
        return [.. headers];
    }

    private static InvalidDataException Malformed() => new("The record of an equivalent resource is malformed.");
}
