using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using HttpQuery.Endpoints;

namespace HttpQuery.Tests.Endpoints;

/// <summary>The scalars of the platform, whose converters the claim of JSON spelling trusts: each is read alike from every escape of its text.</summary>
public sealed class ScalarSpellingTests
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { NumberHandling = JsonNumberHandling.AllowReadingFromString | JsonNumberHandling.AllowNamedFloatingPointLiterals };

    [Theory]
    [InlineData(typeof(char), "x")]
    [InlineData(typeof(string), "x/\"\\é")]
    [InlineData(typeof(sbyte), "-12")]
    [InlineData(typeof(byte), "12")]
    [InlineData(typeof(short), "-12")]
    [InlineData(typeof(ushort), "12")]
    [InlineData(typeof(int), "-12")]
    [InlineData(typeof(uint), "12")]
    [InlineData(typeof(long), "-9223372036854775808")]
    [InlineData(typeof(ulong), "18446744073709551615")]
    [InlineData(typeof(Int128), "-170141183460469231731687303715884105728")]
    [InlineData(typeof(UInt128), "340282366920938463463374607431768211455")]
    [InlineData(typeof(Half), "1.5")]
    [InlineData(typeof(float), "NaN")]
    [InlineData(typeof(double), "-Infinity")]
    [InlineData(typeof(double), "1.25e10")]
    [InlineData(typeof(decimal), "79228162514264337593543950335")]
    [InlineData(typeof(DateTime), "2026-11-22T12:00:00.1234567Z")]
    [InlineData(typeof(DateTimeOffset), "2026-11-22T12:00:00.1234567+01:00")]
    [InlineData(typeof(DateOnly), "2026-11-22")]
    [InlineData(typeof(Guid), "9d2c2b3e-1f0a-4d57-8a6b-0d2f4d3c5b6a")]
    [InlineData(typeof(Uri), "https://a.test/x?y=1")]
    [InlineData(typeof(Contracts.Letter), "X")]
    [InlineData(typeof(Contracts.Letter), "1")]
    [InlineData(typeof(byte[]), "aGVsbG8+Pz8/")]
    [InlineData(typeof(Memory<byte>), "aGVsbG8+Pz8/")]
    [InlineData(typeof(ReadOnlyMemory<byte>), "aGVsbG8+Pz8/")]
    public void A_scalar_is_read_alike_from_every_spelling(Type type, string text)
    {
        var plain = Read(type, JsonSerializer.Serialize(text));
        var escaped = string.Concat(text.Select(letter => $"\\u{(int)letter:X4}"));
        Assert.Equal(plain, Read(type, $"\"{escaped}\""));
        Assert.Equal(plain, Read(type, $"\"{escaped.ToLower(CultureInfo.InvariantCulture)}\""));
        Assert.Equal(plain, Read(type, $" \r\n\t\"{text[..0]}{escaped}\" "));
        Assert.True(JsonContractInspector.HidesSpelling(typeof(List<>).MakeGenericType(type), Options));
    }

    // Where a length is judged before the escapes are resolved, a text that is refused in one spelling would be taken in another.
    [Theory]
    [InlineData(typeof(DateTime))]
    [InlineData(typeof(DateTimeOffset))]
    [InlineData(typeof(DateOnly))]
    [InlineData(typeof(Guid))]
    [InlineData(typeof(int))]
    [InlineData(typeof(Int128))]
    [InlineData(typeof(Half))]
    [InlineData(typeof(decimal))]
    [InlineData(typeof(Contracts.Letter))]
    [InlineData(typeof(char))]
    [InlineData(typeof(byte[]))]
    public void A_text_that_is_refused_is_refused_in_every_spelling(Type type)
    {
        foreach (var text in (string[])["", " ", "2026-11-22 ", " 2026-11-22", "12:00:00" + new string('0', 40), new('1', 300), new('x', 40), "12" + new string(' ', 200), new string('0', 200) + "12", "2026-11-22T12:00:00Z" + new string(' ', 60), "9d2c2b3e-1f0a-4d57-8a6b-0d2f4d3c5b6a" + new string(' ', 60), "X" + new string(' ', 60), "2026-11-22T12:00:00." + new string('1', 20) + "Z", "{9d2c2b3e-1f0a-4d57-8a6b-0d2f4d3c5b6a}", "aGVsbG8", "1 ", "+1", "1.2.3.4 "])
        {
            var escaped = string.Concat(text.Select(letter => $"\\u{(int)letter:x4}"));
            Assert.Equal(Read(type, $"\"{text}\""), Read(type, $"\"{escaped}\""));
        }
    }

    // System.Text.Json takes a long text as it stands, and refuses it with escapes. (When this fails, the platform has changed, and the claim may take these types.)
    [Theory]
    [InlineData(typeof(TimeSpan), "00000000000000000000000000000001")]
    [InlineData(typeof(TimeOnly), "12:0000000000000000000000000000000000000000000:00")]
    [InlineData(typeof(Version), "1.                                                       5")]
    public void A_scalar_whose_reader_limits_the_length_of_the_text_as_sent_makes_no_claim(Type type, string text)
    {
        Assert.NotEqual("refused", Read(type, $"\"{text}\""));
        Assert.Equal("refused", Read(type, $"\"{string.Concat(text.Select(letter => $"\\u{(int)letter:x4}"))}\""));
        Assert.False(JsonContractInspector.HidesSpelling(typeof(List<>).MakeGenericType(type), Options));
    }

    private static string Read(Type type, string json)
    {
        try
        {
            var value = JsonSerializer.Deserialize(Encoding.UTF8.GetBytes(json), type, Options);
            return value switch
            {
                byte[] octets => Convert.ToHexString(octets),
                Memory<byte> octets => Convert.ToHexString(octets.Span),
                ReadOnlyMemory<byte> octets => Convert.ToHexString(octets.Span),
                DateTime time => $"{time:O} {time.Kind}",
                IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
                _ => $"{value}",
            };
        }
        catch (JsonException)
        {
            return "refused";
        }
    }
}
