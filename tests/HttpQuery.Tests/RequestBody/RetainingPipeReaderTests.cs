using System.IO.Pipelines;
using FsCheck;
using FsCheck.Fluent;
using HttpQuery.RequestBody;

namespace HttpQuery.Tests.RequestBody;

/// <summary>What is kept is what was handed out, however the content is cut, read and given back.</summary>
public class RetainingPipeReaderTests
{
    [Fact]
    public void Kept_octets_are_the_content_whatever_the_pieces() =>
        Prop.ForAll(
            (from pieces in Gen.ArrayOf(Gen.Choose(0, 40), 8)
             from steps in Gen.ArrayOf(Gen.Choose(0, 50), 64)
             select (pieces, steps)).ToArbitrary(),
            input => RunAsync(input.pieces, input.steps).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(TestScale.Cases));

    [Theory]
    [InlineData(100, false)]
    [InlineData(99, true)]
    public async Task Nothing_is_kept_over_the_limit(int limit, bool tooLong)
    {
        using var reader = new RetainingPipeReader(PipeReader.Create(new MemoryStream(new byte[100])), limit);
        var result = await reader.ReadAtLeastAsync(100, TestContext.Current.CancellationToken);
        reader.AdvanceTo(result.Buffer.End);

        Assert.Equal((tooLong ? 0 : 100, tooLong), (reader.Retain().Length, reader.IsTooLong));
    }

    // Reads to the end; each step consumes some of what it is handed, and examines all of it.
    private static async Task<bool> RunAsync(int[] pieces, int[] steps)
    {
        var content = new byte[pieces.Sum()];
        for (var i = 0; i < content.Length; i++) content[i] = (byte)i;

        var pipe = new Pipe();
        using var reader = new RetainingPipeReader(pipe.Reader, content.Length);
        var (written, handedOut, step) = (0, 0L, 0);
        foreach (var piece in pieces)
        {
            await pipe.Writer.WriteAsync(content.AsMemory(written, piece));
            written += piece;
            if (!reader.TryRead(out var result)) continue;
            var consumed = Math.Min(steps[step++], result.Buffer.Length);
            handedOut = written;
            reader.AdvanceTo(result.Buffer.GetPosition(consumed), result.Buffer.End);
        }
        return reader.Retain().SequenceEqual(content.AsSpan(0, (int)handedOut));
    }
}
