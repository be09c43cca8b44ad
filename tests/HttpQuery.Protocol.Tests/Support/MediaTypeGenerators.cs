namespace HttpQuery.Protocol.Tests.Support;

/// <summary>Random media types and Accept-Query values.</summary>
internal static class MediaTypeGenerators
{
    private const string TokenChars = "azAZ09!#$%&'*+-.^_`|~";
    private const string QuotableChars = "aZ9 \t\"\\;,=/()éÿ";

    /// <summary>Media types of every shape, with names that come twice at times.</summary>
    public static Gen<MediaType> MediaType =>
        from type in Token
        from subtype in Token
        from parameters in TextGenerators.Several(Parameter, 4)
        select new MediaType(type, subtype, parameters);

    /// <summary>Media types of a few names and values, so that a few members of <see cref="FewMembers"/> accept them.</summary>
    public static Gen<MediaType> FewMediaTypes =>
        from type in Gen.Elements("a", "b")
        from subtype in Gen.Elements("x", "y+z")
        from parameters in TextGenerators.Several(FewParameters, 3)
        select new MediaType(type, subtype, parameters);

    /// <summary>Members of Accept-Query with few names and values.</summary>
    public static Gen<AcceptQueryMember> FewMembers =>
        from range in Gen.Elements("a/x", "a/y+z", "b/x", "a/*", "b/*", "*/*", "4d/x")
        from parameters in TextGenerators.Several(FewParameters, 2)
        select new AcceptQueryMember(Range(range), parameters.DistinctBy(parameter => parameter.Name));

    /// <summary>The same media type as another sender might write it: case, spaces, empty parameters, quotes, and the order of
    /// parameters of different names.</summary>
    public static Gen<string> Spelling(MediaType mediaType) =>
        from upper in Gen.Elements(true, false)
        from quoted in Gen.Elements(true, false)
        from reversed in Gen.Elements(true, false)
        from semicolon in Gen.Elements(";", " ; ", "\t;; ;")
        let groups = mediaType.Parameters.GroupBy(parameter => parameter.Name)
        let parameters = (reversed ? groups.Reverse() : groups).SelectMany(sameName => sameName)
            .Select(parameter => semicolon + Case(parameter.Name, upper) + "=" + Value(parameter, upper, quoted))
        select Case(mediaType.Type, upper) + "/" + Case(mediaType.Subtype, upper) + string.Concat(parameters);

    private static Gen<string> Token => TextGenerators.Text(TokenChars, 1, 5);

    private static Gen<MediaTypeParameter> Parameter =>
        from name in Gen.OneOf(Gen.Elements("charset", "Q"), Token)
        from value in Gen.OneOf(Token, TextGenerators.Text(QuotableChars, 0, 6))
        select new MediaTypeParameter(name, value);

    private static Gen<MediaTypeParameter> FewParameters =>
        from name in Gen.Elements("charset", "p")
        from value in Gen.Elements("v", "V", "utf-8", "1 \"2\"", "")
        select new MediaTypeParameter(name, value);

    private static MediaRange Range(string text) =>
        MediaRange.TryParse(text, out var range) ? range : throw new ArgumentException($"No range: {text}.", nameof(text));

    private static string Case(string text, bool upper) => upper ? text.ToUpperInvariant() : text;

    private static string Value(MediaTypeParameter parameter, bool upper, bool quoted)
    {
        var text = parameter.ToString()[(parameter.Name.Length + 1)..];
        if (quoted && text[0] != '"') text = $"\"{string.Concat(text.Select(c => $"\\{c}"))}\"";
        return parameter.Name is "charset" && text.All(char.IsAscii) ? Case(text, upper) : text;
    }
}
