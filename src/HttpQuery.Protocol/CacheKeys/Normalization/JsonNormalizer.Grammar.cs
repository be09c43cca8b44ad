namespace HttpQuery.CacheKeys.Normalization;

// The second pass checks the order of tokens (RFC 8259 §2 to §5). The text has no whitespace: a token ends where the next one starts.
internal sealed partial class JsonNormalizer
{
    private Expected _expected;
    private int _depth;

    // One bit per open array or object, the innermost in the lowest bit: 1 for an object.
    private ulong _objects;

    private enum Expected : byte
    {
        Value,
        ValueOrEnd,
        NameOrEnd,
        Name,

        // The rest of a name that started in the text before.
        RestOfName,

        // The rest of a number or literal, if there is more.
        RestOfScalar,

        // A comma or an end; nothing when no array or object is open.
        Separator,
    }

    // Whether the text read so far is one complete JSON text.
    private bool IsWhole => IsTextWhole && _depth == 0
        && (_expected is Expected.Separator || (_expected is Expected.RestOfScalar && IsScalarWhole));

    private bool IsInObject => (_objects & 1) != 0;

    private void StartGrammar()
    {
        (_expected, _depth, _objects) = (Expected.Value, 0, 0);
        _names.Clear();
    }

    // text: includes the room after the text; written: the length of the text; starts: the positions of tokens, then the end of the text.
    // The byte at the end starts no token, so every check of an expected token also detects the end.
    private bool CheckGrammar(ReadOnlySpan<byte> text, int written, ReadOnlySpan<ushort> starts)
    {
        var next = 0;
        switch (_expected)
        {
            case Expected.Value:
                int start = starts[next++];
                var first = text[start];
                if (first == '"') goto case Expected.Separator;
                if (first == '{')
                {
                    if (!Open(isObject: true)) return false;
                    goto case Expected.NameOrEnd;
                }

                if (first == '[')
                {
                    if (!Open(isObject: false)) return false;
                    goto case Expected.ValueOrEnd;
                }

                if (next == starts.Length) return Await(Expected.Value);
                var scalar = text[start..starts[next]];
                if (next < starts.Length - 1)
                {
                    if (!IsScalar(scalar)) return false;
                    goto case Expected.Separator;
                }

                // The next bytes may belong to it.
                StartScalar();
                return ReadScalar(scalar) && Await(Expected.RestOfScalar);

            case Expected.ValueOrEnd:
                if (text[starts[next]] != ']')
                {
                    if (next == starts.Length - 1) return Await(Expected.ValueOrEnd);
                    goto case Expected.Value;
                }

                next++;
                Close();
                goto case Expected.Separator;

            case Expected.NameOrEnd:
                if (text[starts[next]] != '}')
                {
                    if (next == starts.Length - 1) return Await(Expected.NameOrEnd);
                    goto case Expected.Name;
                }

                next++;
                Close();
                goto case Expected.Separator;

            case Expected.Name:
                var name = starts[next++] + 1;
                if (text[name - 1] != '"') return next == starts.Length && Await(Expected.Name);
                int colon = starts[next++];
                if (text[colon] == ':')
                {
                    if (!_names.Add(text[name..], colon - 1 - name)) return false;
                    goto case Expected.Value;
                }

                return next == starts.Length && _names.Begin(text[name..written]) && Await(Expected.RestOfName);

            case Expected.RestOfName:
                var end = starts[next++];
                if (!_names.Continue(text[..end])) return false;
                if (text[end] != ':') return next == starts.Length;
                if (!_names.End()) return false;
                goto case Expected.Value;

            case Expected.RestOfScalar:
                if (!ReadScalar(text[..starts[next]])) return false;
                if (starts.Length == 1) return true;
                if (!IsScalarWhole) return false;
                goto case Expected.Separator;

            case Expected.Separator:
                var separator = text[starts[next++]];
                if (_depth == 0 || separator != ',')
                {
                    if (next == starts.Length) return Await(Expected.Separator);
                    if (_depth == 0 || separator != (IsInObject ? '}' : ']')) return false;
                    Close();
                    goto case Expected.Separator;
                }

                if (IsInObject) goto case Expected.Name;
                goto case Expected.Value;

            default:
                return false;
        }
    }

    private bool Await(Expected expected)
    {
        _expected = expected;
        return true;
    }

    private bool Open(bool isObject)
    {
        if (_depth == ContentLimits.Depth) return false;
        _depth++;
        _objects <<= 1;
        if (!isObject) return true;
        _objects |= 1;
        _names.Open();
        return true;
    }

    private void Close()
    {
        if (IsInObject) _names.Close();
        _objects >>= 1;
        _depth--;
    }
}
