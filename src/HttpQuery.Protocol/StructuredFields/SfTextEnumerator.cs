using System.Text;

namespace HttpQuery.StructuredFields;

/// <summary>Enumerates the unescaped characters of the well-formed content of a String or a Display String.</summary>
internal ref struct SfTextEnumerator(ReadOnlySpan<char> content, SfItemType type)
{
    private readonly bool _isDisplayString = type is SfItemType.DisplayString;
    private DisplayStringEnumerator _displayText = new(content);
    private ReadOnlySpan<char> _rest = content;

    public Rune Current { get; private set; }

    public bool MoveNext()
    {
        if (_isDisplayString)
        {
            var moved = _displayText.MoveNext();
            Current = _displayText.Current;
            return moved;
        }

        if (_rest is ['\\', ..]) _rest = _rest[1..];
        if (_rest.IsEmpty) return false;
        Current = new(_rest[0]);
        _rest = _rest[1..];
        return true;
    }
}
