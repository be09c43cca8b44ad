using System.Text;

namespace HttpQuery.Protocol.Tests.Support;

/// <summary>Random contents of the kinds that are normalized: JSON as different writers spell it, and mutations of it.</summary>
/// <remarks>A value is made from a random number, which costs less than to make its parts from generators.</remarks>
internal static class ContentGenerators
{
    private const int Deepest = 4;

    // What mutations put in: what a grammar could stumble over.
    private static readonly string[] Fragments =
    [
        "\"", "\\", "{", "}", "[", "]", ":", ",", " ", "\n", "\t", "\0", "0", "1", "-", "+", ".", "e", "E", "true", "nul", "\\u", "\\uD83D",
        "\\uDE00", "\\n", "\\/", "\\x", "\"a\"", "a", "é", "\uFEFF",
    ];

    // Also octets that are no UTF-8.
    private static readonly byte[] Octets = [0x80, 0xBF, 0xC0, 0xC3, 0xED, 0xA0, 0xF0, 0xF4, 0x90, 0xFF, 0x7F, 0x1F, 0x0D];

    private static readonly string[] Scalars =
    [
        "0", "-0", "1", "-12", "1.0", "1e0", "1E+5", "0.25e-3", "9007199254740993", "123456789012345678901234567890", "true", "false",
        "null",
    ];

    private static readonly string[] Names =
    [
        "", "a", "A", "b", "ab", "a/b", "a\"", "a\\", "a\t", "name", "Name", "kind", "metadata", "app.kubernetes.io/name",
        "app.kubernetes.io/part",
    ];

    private static readonly string[] Characters =
    [
        "a", "Z", "0", " ", "/", "\"", "\\", "\n", "\t", "\b", "\0", "\u001F", "\u007F", "é", "€", "\u2028", "\uFFFF", "\U0001F600",
        "\U0010FFFF", "plain text",
    ];

    private static readonly string[] Whitespace = ["", "", "", " ", "\n", "\r\n  ", "\t", "                                        "];

    /// <summary>Well-formed JSON, with names that come twice at times.</summary>
    public static Gen<byte[]> Json => From(random => Encoding.UTF8.GetBytes(JsonText(random)));

    /// <summary>JSON with up to three octets changed, dropped or put in.</summary>
    public static Gen<byte[]> NearlyJson => From(random => Mutated(Encoding.UTF8.GetBytes(JsonText(random)), random));

    /// <summary>Lengths of pieces, to be used in turn.</summary>
    public static Gen<int[]> Cuts => From(random =>
    {
        var longest = random.Next(3) switch { 0 => 3, 1 => 70, _ => 300 };
        return Enumerable.Range(0, random.Next(1, 8)).Select(_ => random.Next(1, longest)).ToArray();
    });

    /// <summary>Two spellings of one JSON text whose objects have their members in different orders.</summary>
    public static Gen<(byte[] Left, byte[] Right)> Reordered => From(random =>
    {
        var members = Enumerable.Range(0, random.Next(2, 12)).Select(i => $"\"n{random.Next(100)}x{i}\":{JsonText(random)}").ToArray();
        var shuffled = members.ToArray();
        random.Shuffle(shuffled);
        return (Octets(members), Octets(shuffled));

        static byte[] Octets(string[] members) => Encoding.UTF8.GetBytes($"[{{{string.Join(", ", members)}}}]");
    });

    private static Gen<T> From<T>(Func<Random, T> make) => Gen.Choose(int.MinValue, int.MaxValue).Select(seed => make(new(seed)));

    private static T Of<T>(this Random random, T[] values) => values[random.Next(values.Length)];

    private static string JsonText(Random random)
    {
        var text = new StringBuilder();
        WriteValue(text, random, 1 + random.Next(Deepest));
        return text.ToString();
    }

    private static void WriteValue(StringBuilder text, Random random, int depth)
    {
        text.Append(random.Of(Whitespace));
        var kind = random.Next(depth > 0 ? 6 : 2);
        if (kind == 0) text.Append(random.Of(Scalars));
        else if (kind == 1) WriteString(text, random, RandomString(random));
        else WriteItems(text, random, depth, isObject: kind > 3);
        text.Append(random.Of(Whitespace));
    }

    private static void WriteItems(StringBuilder text, Random random, int depth, bool isObject)
    {
        // Many members are compared in another way than few.
        var isLarge = isObject && random.Next(60) == 0;
        var count = isLarge ? random.Next(30, 80) : random.Next(5);
        text.Append(isObject ? '{' : '[').Append(random.Of(Whitespace));
        for (var i = 0; i < count; i++)
        {
            if (i > 0) text.Append(',').Append(random.Of(Whitespace));
            if (isObject)
            {
                var name = isLarge ? $"member{random.Next(3) * 1000}{i}"
                    : random.Next(4) == 0 ? RandomString(random)
                    : $"{random.Of(Names)}{(i > 0 ? i : "")}";
                WriteString(text, random, random.Next(40) == 0 ? random.Of(Names) : name);
                text.Append(random.Of(Whitespace)).Append(':');
            }

            WriteValue(text, random, isLarge ? 0 : depth - 1);
        }

        text.Append(isObject ? '}' : ']');
    }

    private static string RandomString(Random random)
    {
        // Rarely so long that one pass does not read it.
        var count = random.Next(500) == 0 ? 600 : random.Next(8);
        return string.Concat(Enumerable.Range(0, count).Select(_ => random.Of(Characters)));
    }

    private static void WriteString(StringBuilder text, Random random, string value)
    {
        text.Append('"');
        var escaped = random.Next(4);
        foreach (var c in value)
        {
            var must = c is '"' or '\\' or < ' ';
            var isShort = "\"\\/\b\f\n\r\t".Contains(c, StringComparison.Ordinal) && random.Next(2) == 0;
            if (!must && (random.Next(4) >= escaped || char.IsSurrogate(c))) text.Append(c);
            else if (isShort) text.Append('\\').Append("\"\\/bfnrt"["\"\\/\b\f\n\r\t".IndexOf(c, StringComparison.Ordinal)]);
            else text.Append("\\u").Append(random.Next(2) == 0 ? $"{(int)c:x4}" : $"{(int)c:X4}");
        }

        // Surrogates are escaped both or not at all.
        if (value.Contains("\U0001F600", StringComparison.Ordinal) && random.Next(2) == 0) text.Append("\\uD83d\\ude00");
        text.Append('"');
    }

    private static byte[] Mutated(byte[] content, Random random)
    {
        var octets = content.ToList();
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            var place = random.Next(octets.Count + 1);
            var change = random.Next(4);
            if (change != 0 && place < octets.Count) octets.RemoveAt(place);
            if (change == 1) octets.Insert(place, random.Next(2) == 0 ? (byte)random.Next(256) : random.Of(Octets));
            if (change == 2) octets.InsertRange(place, Encoding.UTF8.GetBytes(random.Of(Fragments)));
        }

        return [.. octets];
    }
}
