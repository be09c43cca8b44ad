namespace HttpQuery.Conformance.StructuredFields;

/// <summary>RFC 9651 §4.1: the HTTP working group's vectors for values that no field can give, many of which cannot be written.</summary>
public class SerializationVectorTests
{
    public static IEnumerable<TheoryDataRow<string, int, string>> Rows => StructuredFieldVector.SerializationRows;

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_value_is_written_as_the_vector_says_or_cannot_be_made(string file, int position, string name)
    {
        var vector = StructuredFieldVector.Find(file, position);
        if (vector.MustFail)
        {
            var exception = Record.Exception(() => ExpectedValue.Create(vector.Type, vector.Expected!.Value));
            Assert.True(exception is ArgumentException, $"{name}: made, or failed with {exception}.");
            return;
        }

        Assert.Equal(vector.Canonical, ExpectedValue.Create(vector.Type, vector.Expected!.Value).ToString());
    }

    [Fact]
    public void Every_vector_of_the_files_is_a_row() =>
        Assert.Equal(StructuredFieldVector.CountInText(isSerialization: true), Rows.Count());
}
