using System.Text;
using ArCredit.Accounts.Features.Import;
using Shouldly;
using Xunit;

namespace ArCredit.Accounts.Tests.Import;

public sealed class ImportInputTests
{
    [Theory]
    [InlineData("a\nb\n", "1:a 2:b")]
    [InlineData("a\r\nb", "1:a 2:b")]
    [InlineData("\n\na\n \nb\n", "3:a 5:b")]
    [InlineData("", "")]
    [InlineData("\uFEFFa\nb", "1:a 2:b")]
    [InlineData("a\"\nb\"", "1:a\" 2:b\"")]
    public async Task Lines_are_records_of_ndjson(string text, string expected) => (await ReadAsync(text, ImportFormat.Ndjson)).ShouldBe(expected);

    [Theory]
    [InlineData("a,b\n\"x\ny\",2\nz,3", "1:a,b 2:\"x\ny\",2 4:z,3")]
    [InlineData("\"a\"\"\n\",1\nb,2", "1:\"a\"\"\n\",1 3:b,2")]
    public async Task A_quoted_cell_of_csv_may_hold_line_ends(string text, string expected) => (await ReadAsync(text, ImportFormat.Csv)).ShouldBe(expected);

    [Fact]
    public async Task A_record_that_is_too_long_is_dropped_and_the_next_one_is_whole()
    {
        var most = new string('m', ImportInput.MaxRecordBytes);
        (await ReadAsync($"{most}x\nb\n{most}\nc", ImportFormat.Ndjson)).ShouldBe($"1:too long 2:b 3:{most} 4:c");
        (await ReadAsync($"a\n\"{most}\nb\nc", ImportFormat.Csv)).ShouldBe("1:a 2:too long 3:b 4:c");
        (await ReadAsync(most + "x", ImportFormat.Ndjson)).ShouldBe("1:too long");
    }

    private static async Task<string> ReadAsync(string text, ImportFormat format)
    {
        var records = new List<string>();
        await foreach (var record in ImportInput.ReadAsync(new DripStream(Encoding.UTF8.GetBytes(text)), format, CancellationToken.None))
        {
            records.Add($"{record.Line}:{(record.TooLong ? "too long" : Encoding.UTF8.GetString(record.Bytes.Span))}");
        }

        return string.Join(' ', records);
    }

    /// <summary>Gives a few bytes at a time, as a network does.</summary>
    private sealed class DripStream(byte[] bytes) : MemoryStream(bytes)
    {
        private int step;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(buffer.Length, Length > 1000 ? 4093 : 1 + (step++ % 3))], cancellationToken);
    }
}
