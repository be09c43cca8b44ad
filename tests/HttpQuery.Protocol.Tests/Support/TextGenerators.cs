namespace HttpQuery.Protocol.Tests.Support;

/// <summary>Random text: near a grammar, and mutations of what was well formed.</summary>
internal static class TextGenerators
{
    private static readonly string[] Fragments =
    [
        "a", "B", "*", "/", "a/b", "1", "12.5", "-", ".", "=", ";", ",", " ", "\t", "(", ")", "\"", "\\", "\\\"", ":", "AQI=", "?1", "?",
        "@1", "@", "%\"", "%c3%bc", "%", "%7", "+", "charset=utf-8", "\0", "\u007F", "é", "\uD800", "999999999999999", "a=(1 2);b",
    ];

    /// <summary>Pieces of the grammars in any order.</summary>
    public static Gen<string> NearlyField => Several(Gen.Elements(Fragments), 10).Select(string.Concat);

    /// <summary>From 0 to <paramref name="most"/> values.</summary>
    public static Gen<T[]> Several<T>(Gen<T> values, int most) => Gen.Choose(0, most).SelectMany(count => values.ArrayOf(count));

    /// <summary>Text of the characters given, from <paramref name="fewest"/> to <paramref name="most"/> of them.</summary>
    public static Gen<string> Text(string characters, int fewest, int most) =>
        from count in Gen.Choose(fewest, most)
        from text in Gen.Elements(characters.ToCharArray()).ArrayOf(count)
        select new string(text);

    /// <summary>The text with a piece put in at a random place, there or in exchange for one character.</summary>
    public static Gen<string> Mutation(Gen<string> texts) =>
        from text in texts
        from place in Gen.Choose(0, text.Length)
        from removed in Gen.Choose(0, Math.Min(1, text.Length - place))
        from piece in Gen.Elements<string>(["", .. Fragments])
        select text.Remove(place, removed).Insert(place, piece);
}
