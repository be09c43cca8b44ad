namespace HttpQuery.StructuredFields;

/// <content>Integers, Decimals and Dates (RFC 9651 §4.2.4, §4.2.9).</content>
public ref partial struct SfReader
{
    private const int MaximumIntegerDigits = 15;
    private const int MaximumDecimalWholeDigits = 12;
    private const int MaximumFractionDigits = 3;

    private bool ReadNumber()
    {
        var isNegative = Consume('-');
        if (!ReadDigits(MaximumIntegerDigits, 0, out var number, out var wholeDigits)) return false;
        if (!Consume('.'))
        {
            SetNumber(SfItemType.Integer, isNegative ? -number : number);
            return true;
        }

        if (wholeDigits > MaximumDecimalWholeDigits) return false;
        if (!ReadDigits(MaximumFractionDigits, number, out number, out var fractionDigits)) return false;
        for (; fractionDigits < MaximumFractionDigits; fractionDigits++) number *= 10;
        SetNumber(SfItemType.Decimal, isNegative ? -number : number);
        return true;
    }

    private bool ReadDate()
    {
        _position++;
        if (!ReadNumber() || _itemType is not SfItemType.Integer) return false;
        _itemType = SfItemType.Date;
        return true;
    }

    // From 1 to maximum digits, appended to those of seed. More digits are malformed.
    private bool ReadDigits(int maximum, long seed, out long number, out int count)
    {
        (number, count) = (seed, 0);
        while (!IsAtEnd && char.IsAsciiDigit(_text[_position]))
        {
            if (++count > maximum) return false;
            number = (number * 10) + (_text[_position++] - '0');
        }

        return count > 0;
    }
}
