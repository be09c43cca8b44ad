using System.Buffers;
using System.Text;
using Microsoft.Extensions.Primitives;

namespace HttpQuery.Equivalents;

/// <summary>Writes a record: each value after its length, lengths in seven bits a byte.</summary>
internal sealed class RecordWriter
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    public ReadOnlySpan<byte> Written => _bytes.WrittenSpan;

    public void Write(int number)
    {
        var rest = (uint)number;
        while (rest >= 0x80)
        {
            WriteByte((byte)(rest | 0x80));
            rest >>= 7;
        }
        WriteByte((byte)rest);
    }

    public void Write(ReadOnlySpan<byte> value)
    {
        Write(value.Length);
        _bytes.Write(value);
    }

    public void Write(string value) => Write(Encoding.UTF8.GetBytes(value));

    public void Write(IReadOnlyCollection<KeyValuePair<string, StringValues>> headers)
    {
        Write(headers.Sum(header => header.Value.Count));
        foreach (var (name, lines) in headers)
        {
            foreach (var line in lines)
            {
                Write(name);
                Write(line ?? "");
            }
        }
    }

    private void WriteByte(byte value)
    {
        _bytes.GetSpan(1)[0] = value;
        _bytes.Advance(1);
    }
}
