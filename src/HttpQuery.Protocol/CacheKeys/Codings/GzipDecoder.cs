using System.Buffers.Binary;

namespace HttpQuery.CacheKeys.Codings;

/// <summary>Removes <c>gzip</c> (docs/cache-key.md, section 5; RFC 1952): one member and nothing else.</summary>
internal sealed class GzipDecoder : DeflateDecoder
{
    private const byte Identification1 = 0x1F;
    private const byte Identification2 = 0x8B;
    private const byte Deflate = 8;
    private const byte ExtraField = 0x04;
    private const byte Name = 0x08;
    private const byte Comment = 0x10;

    // FHCRC and the reserved flags. A header CRC would need a check, and is almost never written.
    private const byte RefusedFlags = 0xE2;

    private Field _field;
    private byte _flags;
    private int _skip;
    private uint _crc;
    private uint _length;

    // RFC 1952 §2.3, in the order of the wire.
    private enum Field
    {
        Identification1,
        Identification2,
        Method,
        Flags,
        TimeExtraFlagsSystem,
        ExtraLengthLow,
        ExtraLengthHigh,
        Extra,
        Name,
        Comment,
        End,
    }

    /// <inheritdoc/>
    protected override int TrailerLength => 8;

    /// <inheritdoc/>
    protected override void Begin()
    {
        base.Begin();
        (_field, _flags, _skip, _crc, _length) = (Field.Identification1, 0, 0, 0, 0);
    }

    /// <inheritdoc/>
    protected override bool ReadHeader(ref ReadOnlySpan<byte> coded, out bool ended)
    {
        SkipAbsentFields();
        while (_field is not Field.End && !coded.IsEmpty)
        {
            if (!ReadHeaderByte(coded[0]))
            {
                ended = false;
                return false;
            }

            coded = coded[1..];
            SkipAbsentFields();
        }

        ended = _field is Field.End;
        return true;
    }

    /// <inheritdoc/>
    protected override void AddToChecksum(ReadOnlySpan<byte> decoded)
    {
        _crc = Crc32.Append(_crc, decoded);
        _length += (uint)decoded.Length;
    }

    /// <inheritdoc/>
    protected override bool IsTrailer(ulong trailer) =>
        (uint)(trailer >> 32) == BinaryPrimitives.ReverseEndianness(_crc) && (uint)trailer == BinaryPrimitives.ReverseEndianness(_length);

    private bool ReadHeaderByte(byte b)
    {
        switch (_field)
        {
            case Field.Identification1:
                _field++;
                return b == Identification1;
            case Field.Identification2:
                _field++;
                return b == Identification2;
            case Field.Method:
                _field++;
                return b == Deflate;
            case Field.Flags:
                (_flags, _skip) = (b, 6);
                _field++;
                return (b & RefusedFlags) == 0;
            case Field.ExtraLengthLow:
                _skip = b;
                _field++;
                return true;
            case Field.ExtraLengthHigh:
                _skip |= b << 8;
                _field++;
                return true;
            case Field.TimeExtraFlagsSystem or Field.Extra:
                _skip--;
                return true;
            default:
                // A name and a comment end with a zero.
                if (b == 0) _field++;
                return true;
        }
    }

    private void SkipAbsentFields()
    {
        if (_field is Field.TimeExtraFlagsSystem && _skip == 0) _field = HasExtraField ? Field.ExtraLengthLow : Field.Name;
        if (_field is Field.Extra && _skip == 0) _field = Field.Name;
        if (_field is Field.Name && (_flags & Name) == 0) _field = Field.Comment;
        if (_field is Field.Comment && (_flags & Comment) == 0) _field = Field.End;
    }

    private bool HasExtraField => (_flags & ExtraField) != 0;
}
