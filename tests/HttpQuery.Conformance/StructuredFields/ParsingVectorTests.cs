namespace HttpQuery.Conformance.StructuredFields;

/// <summary>RFC 9651 §4.2: every parsing vector of the HTTP working group, and what was read written back (§4.1).</summary>
/// <remarks>Where a vector allows to fail (absent padding, a text over two lines, a date after the year 9999), this library
/// does not.</remarks>
public class ParsingVectorTests
{
    public static IEnumerable<TheoryDataRow<string, int, string>> Rows => StructuredFieldVector.ParsingRows;

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_field_is_read_as_the_vector_says_and_written_in_its_canonical_form(string file, int position, string name)
    {
        var vector = StructuredFieldVector.Find(file, position);
        var value = Parse(vector.Type, vector.Raw!);
        Assert.True(ReaderAgrees(vector, value is not null), $"{name}: the reader and the value differ about well-formedness.");

        if (vector.MustFail)
        {
            Assert.Null(value);
            return;
        }

        Assert.Equal(ExpectedValue.Create(vector.Type, vector.Expected!.Value), value);
        Assert.Equal(vector.Canonical, value!.ToString());
    }

    [Fact]
    public void Every_vector_of_the_files_is_a_row() =>
        Assert.Equal(StructuredFieldVector.CountInText(isSerialization: false), Rows.Count());

    private static object? Parse(SfFieldType type, string[] lines) => type switch
    {
        SfFieldType.List => SfList.TryParse(lines, out var list) ? list : null,
        SfFieldType.Dictionary => SfDictionary.TryParse(lines, out var dictionary) ? dictionary : null,
        _ => SfItem.TryParse(lines, out var item) ? item : null,
    };

    private static bool ReaderAgrees(StructuredFieldVector vector, bool isWellFormed)
    {
        var reader = new SfReader(string.Join(", ", vector.Raw!), vector.Type);
        while (reader.Read())
        {
        }

        return reader.IsMalformed != isWellFormed;
    }
}
