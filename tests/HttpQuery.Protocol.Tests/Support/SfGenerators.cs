using System.Text;
using HttpQuery.StructuredFields;

namespace HttpQuery.Protocol.Tests.Support;

/// <summary>Random structured field values of every type, short but with every kind of character.</summary>
internal static class SfGenerators
{
    private const string Lower = "abcxyz";
    private const string Printable = " !\"#$%&'()*+,-./0123456789:;<=>?@AZ[\\]^_`az{|}~";

    private static readonly Rune[] Runes =
        [.. " aZ9\"%\\~\0\t\u007F\u0080éüß\u07FF\u0800\u20AC\uFEFF\uFFFF".EnumerateRunes(), new(0x10000), new(0x1F600), new(0x10FFFF)];

    public static Gen<string> Key =>
        from first in TextGenerators.Text(Lower + "*", 1, 1)
        from rest in TextGenerators.Text(Lower + "0189_-.*", 0, 4)
        select first + rest;

    public static Gen<SfBareItem> BareItem => Gen.OneOf(
        Number.Select(number => new SfBareItem(number)),
        Number.Select(number => new SfBareItem(number / 1000m)),
        TextGenerators.Text(Printable, 0, 8).Select(text => new SfBareItem(text)),
        Token.Select(token => new SfBareItem(token)),
        TextGenerators.Several(Gen.Choose(0, 255), 9).Select(octets => new SfBareItem([.. octets.Select(octet => (byte)octet)])),
        Gen.Elements(true, false).Select(value => new SfBareItem(value)),
        Number.Select(number => new SfBareItem(new SfDate(number))),
        TextGenerators.Several(Gen.Elements(Runes), 6).Select(runes => new SfBareItem(new SfDisplayString(string.Concat(runes)))));

    public static Gen<SfParameters> Parameters =>
        TextGenerators.Several(Pair(BareItem), 3).Select(items => new SfParameters(items.DistinctBy(item => item.Key)));

    public static Gen<SfItem> Item =>
        from value in BareItem
        from parameters in Parameters
        select new SfItem(value, parameters);

    public static Gen<SfInnerList> InnerList =>
        from items in TextGenerators.Several(Item, 3)
        from parameters in Parameters
        select new SfInnerList(items, parameters);

    public static Gen<SfMember> Member => Gen.Frequency(
        (3, Item.Select(SfMember (item) => item)),
        (1, InnerList.Select(SfMember (list) => list)));

    public static Gen<SfList> List => TextGenerators.Several(Member, 3).Select(members => new SfList(members));

    public static Gen<SfDictionary> Dictionary =>
        TextGenerators.Several(Pair(Member), 3).Select(members => new SfDictionary(members.DistinctBy(member => member.Key)));

    /// <summary>Text of an Item whose parameters often have a key twice.</summary>
    public static Gen<string> ItemText =>
        from value in BareItem
        from parameters in TextGenerators.Several(FewKeys(BareItem), 4)
        select $"{value}{string.Concat(parameters.Select(parameter => $";{parameter.Key}={parameter.Value}"))}";

    /// <summary>Text of a Dictionary that often has a key twice.</summary>
    public static Gen<string> DictionaryText => TextGenerators.Several(FewKeys(Member), 4)
        .Select(members => string.Join(',', members.Select(member => $"{member.Key}={member.Value}")));

    private static Gen<SfToken> Token =>
        from first in TextGenerators.Text("aZ*", 1, 1)
        from rest in TextGenerators.Text("aZ09!#$%&'*+-.^_`|~:/", 0, 6)
        select new SfToken(first + rest);

    // As often short as long.
    private static Gen<long> Number => Gen.OneOf(
        Gen.Choose(-1000, 1000).Select(number => (long)number),
        from high in Gen.Choose(-999_999, 999_999)
        from low in Gen.Choose(0, 999_999_999)
        select (high * 1_000_000_000L) + (high < 0 ? -low : low));

    private static Gen<KeyValuePair<string, T>> FewKeys<T>(Gen<T> values) =>
        from key in Gen.Elements("a", "b")
        from value in values
        select KeyValuePair.Create(key, value);

    private static Gen<KeyValuePair<string, T>> Pair<T>(Gen<T> values) =>
        from key in Key
        from value in values
        select KeyValuePair.Create(key, value);
}
