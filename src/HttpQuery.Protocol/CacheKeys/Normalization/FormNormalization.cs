using System.Buffers;

namespace HttpQuery.CacheKeys;

/// <summary>A form with its escapes written one way, its pairs ordered by name, or both (docs/cache-key.md, section 6.3).</summary>
/// <remarks>Where order is asked for, all is kept until the end (<c>.Order.cs</c>).</remarks>
internal sealed partial class FormNormalization : ContentNormalization
{
    // Octets that are rewritten at a time; each may become three.
    private const int RewrittenLength = 1024;

    private static readonly SearchValues<byte> Plain =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789*-._"u8);

    private readonly bool _escapes;
    private readonly bool _order;
    private readonly byte _domain;
    private readonly PooledList<byte> _kept = new();
    private IBufferWriter<byte>? _output;
    private int _length;
    private bool _isRefused;

    // Whether the pair has had its =; how many digits an escape still lacks, and what the first of them said.
    private bool _isInValue;
    private int _digitsMissing;
    private int _high;

    /// <summary>Does what was asked for.</summary>
    /// <param name="escapes">Writes names and values anew.</param>
    /// <param name="order">Orders the pairs by name.</param>
    /// <exception cref="ArgumentException">Neither was.</exception>
    public FormNormalization(bool escapes, bool order)
    {
        if (!escapes && !order) throw new ArgumentException("Nothing is asked for.", nameof(order));
        (_escapes, _order) = (escapes, order);
        _domain = !order ? ContentDomain.FormEscapes : escapes ? ContentDomain.FormEscapesAndPairOrder : ContentDomain.FormPairOrder;
        _byName = ComparePairs;
    }

    /// <inheritdoc/>
    public override void Start(IBufferWriter<byte> output)
    {
        _output = output;
        (_length, _isRefused, _isInValue, _digitsMissing) = (0, false, false, 0);
        _kept.Clear();
        output.GetSpan(1)[0] = _domain;
        output.Advance(1);
    }

    /// <inheritdoc/>
    public override bool Append(ReadOnlySpan<byte> octets)
    {
        if (_isRefused) return false;
        _isRefused = octets.Length > ContentLimits.Octets - _length;
        if (_isRefused) return false;
        _length += octets.Length;
        if (!_escapes)
        {
            _kept.AddRange(octets);
            return true;
        }

        for (; !octets.IsEmpty && !_isRefused; octets = octets[Math.Min(RewrittenLength, octets.Length)..])
            _isRefused = !Rewrite(octets[..Math.Min(RewrittenLength, octets.Length)], _order ? _kept : _output!);
        return !_isRefused;
    }

    /// <inheritdoc/>
    public override bool Complete(out byte domain)
    {
        domain = _domain;
        var output = _output!;
        _output = null;
        if (_isRefused || _digitsMissing > 0) return false;
        return !_order || WriteOrdered(output);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _kept.Dispose();
        _pairs.Dispose();
        base.Dispose();
    }

    private bool Rewrite(ReadOnlySpan<byte> octets, IBufferWriter<byte> output)
    {
        var text = output.GetSpan(3 * octets.Length);
        var written = 0;
        foreach (var octet in octets)
        {
            if (_digitsMissing > 0)
            {
                if (!char.IsAsciiHexDigit((char)octet)) return false;
                var digit = HexValue(octet);
                if (--_digitsMissing > 0) _high = digit;
                else written += Write((byte)((_high << 4) | digit), text[written..]);
                continue;
            }

            switch (octet)
            {
                case (byte)'%':
                    _digitsMissing = 2;
                    break;
                case (byte)'+':
                    text[written++] = octet;
                    break;
                case (byte)'&':
                    _isInValue = false;
                    text[written++] = octet;
                    break;
                case (byte)'=' when !_isInValue:
                    _isInValue = true;
                    text[written++] = octet;
                    break;
                default:
                    written += Write(octet, text[written..]);
                    break;
            }
        }

        output.Advance(written);
        return true;
    }

    // The one spelling of an octet; the length of it.
    private static int Write(byte octet, Span<byte> text)
    {
        if (octet == ' ' || Plain.Contains(octet))
        {
            text[0] = octet == ' ' ? (byte)'+' : octet;
            return 1;
        }

        (text[0], text[1], text[2]) = ((byte)'%', "0123456789ABCDEF"u8[octet >> 4], "0123456789ABCDEF"u8[octet & 0xF]);
        return 3;
    }

    private static int HexValue(byte digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
