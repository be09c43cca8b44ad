namespace HttpQuery.Protocol.Tests.Support;

/// <summary>Random entity tags.</summary>
internal static class EntityTagGenerators
{
    /// <summary>Entity tags of every character.</summary>
    public static Gen<EntityTag> EntityTag =>
        from value in TextGenerators.Text("aZ09!#$%&'()*+,-./:;<=>?@[\\]^_`{|}~\u0080éÿ", 0, 8)
        from isWeak in Gen.Elements(true, false)
        select new EntityTag(value, isWeak);

    /// <summary>One of four entity tags, so that they often meet.</summary>
    public static Gen<EntityTag> FewEntityTags =>
        from value in Gen.Elements("a", "b,\\")
        from isWeak in Gen.Elements(true, false)
        select new EntityTag(value, isWeak);
}
