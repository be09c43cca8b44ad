using System.Text.Json;
using KubeList.Errors;
using KubeList.Selectors;

namespace KubeList.Lists;

/// <content>Tokens, positions, and the refusals that every member shares.</content>
internal ref partial struct JsonContentReader
{
    // Moves to the next token; at the end of the document it stays.
    private void Advance()
    {
        try
        {
            _reader.Read();
        }
        catch (JsonException error)
        {
            throw Malformed((error.LineNumber ?? 0) + 1, (error.BytePositionInLine ?? 0) + 1, "no JSON");
        }

        if (_reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray && _reader.CurrentDepth >= _maximumDepth)
            throw MalformedHere($"nested deeper than {_maximumDepth} levels");
    }

    // Moves past a member's name to its value, or to the end of the object.
    private string? ReadName(string path, HashSet<string> seen)
    {
        Advance();
        if (_reader.TokenType is JsonTokenType.EndObject) return null;
        var name = GetString();
        Advance();
        if (!seen.Add(name)) _options.Refuse(StatusCause.Invalid(Join(path, name), "is given more than once"));
        return name;
    }

    private string? ReadString(string path)
    {
        if (_reader.TokenType is JsonTokenType.String) return GetString();
        RefuseValue(path, "must be a string");
        return null;
    }

    private string GetString()
    {
        // Octets that are no UTF-8 and halves of surrogate pairs come to light only here.
        try { return _reader.GetString()!; }
        catch (InvalidOperationException) { throw MalformedHere("text that is no Unicode"); }
    }

    // Moves to the end of the current value. The reader's own Skip would not look at the depth.
    private void Skip()
    {
        if (_reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray)) return;
        var depth = _reader.CurrentDepth;
        do Advance();
        while (_reader.CurrentDepth > depth);
    }

    private void RefuseValue(string path, string message)
    {
        _options.Refuse(StatusCause.Invalid(path, message));
        Skip();
    }

    private void RefuseUnknown(string path)
    {
        _options.Refuse(StatusCause.Forbidden(path, "unknown member"));
        Skip();
    }

    private static string Join(string path, string name) =>
        path.Length == 0 ? Excerpt.Of(name) : $"{path}.{Excerpt.Of(name)}";

    private readonly StatusException MalformedHere(string what)
    {
        var before = _content[..(int)_reader.TokenStartIndex];
        return Malformed(before.Count((byte)'\n') + 1, before.Length - before.LastIndexOf((byte)'\n'), what);
    }

    // The position is all that is told: the content may be confidential and messages end in logs.
    private static StatusException Malformed(long line, long @byte, string what) =>
        new(KubeStatus.BadRequest($"the content does not parse: {what} at line {line}, byte {@byte} (both counted from 1)"));
}
