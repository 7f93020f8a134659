using System.Text;
using ArCredit.Accounts.Features.Import;
using ArCredit.Platform.Csv;
using CsvHelper;
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
    [InlineData("a\rb\nc", "1:a\rb 2:c")]
    public async Task Lines_are_records_of_ndjson(string text, string expected) => (await ReadAsync(text, ImportFormat.Ndjson)).ShouldBe(expected);

    [Theory]
    [InlineData("a,b\n\"x\ny\",2\nz,3", "1:a,b 2:\"x\ny\",2 4:z,3")]
    [InlineData("a,b\r\n\"x\r\ny\",2\r\nz,3\r\n", "1:a,b 2:\"x\r\ny\",2 4:z,3")]
    [InlineData("a,b\r\"x\ry\",2\rz,3\r", "1:a,b 2:\"x\ry\",2 4:z,3")]
    [InlineData("\"a\"\"\n\",1\nb,2", "1:\"a\"\"\n\",1 3:b,2")]
    [InlineData("\"\"\"\",1\n\"\",2\n\"a\n\"\"\n\",3", "1:\"\"\"\",1 2:\"\",2 3:\"a\n\"\"\n\",3")]
    [InlineData("\uFEFF\"a\n\",1\nb,2", "1:\"a\n\",1 3:b,2")]
    [InlineData(" \"a\n\" ,1 \n\t\nb,2", "1:\"a\n\" ,1 4:b,2")]
    public async Task A_quoted_cell_of_csv_may_hold_line_ends(string text, string expected) => (await ReadAsync(text, ImportFormat.Csv)).ShouldBe(expected);

    [Theory]
    [InlineData("a,b\n1,5\" pipe\n2,x\n", "1:a,b 2:1,5\" pipe 3:2,x")]
    [InlineData("a,b\r\n1,5\"\r\n2,\"x\"\r\n", "1:a,b 2:1,5\" 3:2,\"x\"")]
    public async Task A_quote_inside_an_unquoted_cell_is_text(string text, string expected) => (await ReadAsync(text, ImportFormat.Csv)).ShouldBe(expected);

    [Theory]
    [InlineData("a,b\n1,\"x\n2,y\n", "1:a,b 2:OpenQuote 1,\"x 3:2,y")]
    [InlineData("a,b\r\n1,\"x\r\n2,y\r\n", "1:a,b 2:OpenQuote 1,\"x 3:2,y")]
    [InlineData("a,b\r1,\"x\r2,y\r", "1:a,b 2:OpenQuote 1,\"x 3:2,y")]
    [InlineData("a,b\n1,x\n2,\"y", "1:a,b 2:1,x 3:OpenQuote 2,\"y")]
    [InlineData("a,b\n1,x\n2,\"y\r\n", "1:a,b 2:1,x 3:OpenQuote 2,\"y")]
    [InlineData("a,b\n1,\"x\n2,y\n3,\"z, \"\"w\"\"\"\n4,v", "1:a,b 2:OpenQuote 1,\"x 3:2,y 4:3,\"z, \"\"w\"\"\" 5:4,v")]
    [InlineData("a,b\n1,\"x\n2,\"y\n3,z", "1:a,b 2:OpenQuote 1,\"x 3:OpenQuote 2,\"y 4:3,z")]
    [InlineData("a,b,c\n1,\"x,2\n2,y,3\n3,4,z\"\n", "1:a,b,c 2:OpenQuote 1,\"x,2 3:2,y,3 4:3,4,z\"")]
    [InlineData("a,b\n\"1,\"\"\n\n2,y", "1:a,b 2:OpenQuote \"1,\"\" 4:2,y")]
    [InlineData("a,\"b\n1,x\n2,y", "1:OpenQuote a,\"b 2:1,x 3:2,y")]
    [InlineData("a,b\n1,\"x\"y\n2,z", "1:a,b 2:TextAfterQuote 1,\"x\"y 3:2,z")]
    [InlineData("a,b\n\"1\" 2\" x\",\"\n2,z", "1:a,b 2:TextAfterQuote \"1\" 2\" x\",\" 3:2,z")]
    public async Task A_bad_quote_costs_its_own_line_and_no_other(string text, string expected) => (await ReadAsync(text, ImportFormat.Csv)).ShouldBe(expected);

    [Theory]
    [InlineData(10)]
    [InlineData(ImportInput.MaxRecordBytes)]
    [InlineData(2 * 1024 * 1024)]
    public async Task Whatever_follows_an_open_quote_is_read_line_by_line(int bytes)
    {
        var rows = Enumerable.Range(3, bytes / 6).Select(n => $"{n},yyyy").ToList();
        var read = await ReadAsync("a,b\n1,\"x\n" + string.Join('\n', rows), ImportFormat.Csv);
        read.ShouldBe(string.Join(' ', rows.Select((row, index) => $"{index + 3}:{row}").Prepend("2:OpenQuote 1,\"x").Prepend("1:a,b")));
    }

    [Fact]
    public async Task A_record_that_is_too_long_is_dropped_and_the_next_one_is_whole()
    {
        var most = new string('m', ImportInput.MaxRecordBytes);
        (await ReadAsync($"{most}x\nb\n{most}\nc", ImportFormat.Ndjson)).ShouldBe($"1:too long 2:b 3:{most} 4:c");
        (await ReadAsync($"a\n\"{most}\nb\nc", ImportFormat.Csv)).ShouldBe("1:a 2:too long 3:b 4:c");
        (await ReadAsync($"a\n\"x\n{most}x\nb", ImportFormat.Csv)).ShouldBe("1:a 2:OpenQuote \"x 3:too long 4:b");
        (await ReadAsync(most + "x", ImportFormat.Ndjson)).ShouldBe("1:too long");
    }

    // Each of these lines leaves a quote open, and within one that is open already still does: to look past every one of them to the
    // longest record would be four billion steps.
    [Fact]
    public async Task Many_open_quotes_are_not_looked_past_again_and_again()
    {
        var rows = Enumerable.Repeat("x\",\"y", 100_000).ToList();
        var read = await RecordsAsync(Encoding.UTF8.GetBytes("a,b\n" + string.Join('\n', rows)), ImportFormat.Csv);
        read.Count.ShouldBe(100_001);
        read.Skip(1).ShouldAllBe(record => record.Fault == RecordFault.OpenQuote);
    }

    [Fact]
    public void Every_line_is_in_one_record_whatever_the_quotes_and_whatever_the_reads()
    {
        var random = new Random(11);
        for (var round = 0; round < 5_000; round++)
        {
            var text = new string([.. Enumerable.Range(0, random.Next(30)).Select(_ => "a,\"\"\n\r "[random.Next(7)])]);
            var bytes = Encoding.UTF8.GetBytes("h,k\n" + text);
            var records = CsvRecords.Read(new DripStream(bytes), (byte)',', 20).ToList();
            records.ShouldBe(CsvRecords.Read(new MemoryStream(bytes), (byte)',', 20).ToList(), new SameRecord(), customMessage: text);
            var covered = records.SelectMany(record => Enumerable.Range(
                (int)record.Line, 1 + (record.Fault == RecordFault.None ? ImportInput.LineEndsIn(record.Bytes.Span, ImportFormat.Csv) : 0)));
            var lines = text.ReplaceLineEndings("\n").Split('\n').Select((line, index) => (Text: line, Number: index + 2)).ToList();
            covered.Where(number => number == 1 || lines[number - 2].Text.Trim().Length > 0)
                .ShouldBe(lines.Where(line => line.Text.Trim().Length > 0).Select(line => line.Number).Prepend(1), customMessage: text);
            records.Where(record => record.Fault == RecordFault.None).ShouldAllBe(record => IsOneRecord(record.Bytes), customMessage: text);
        }
    }

    private static async Task<string> ReadAsync(string text, ImportFormat format) => string.Join(
        ' ', (await RecordsAsync(Encoding.UTF8.GetBytes(text), format)).Select(record => $"{record.Line}:{Show(record)}"));

    private static string Show(RawRecord record) => record.Fault switch
    {
        RecordFault.None => Encoding.UTF8.GetString(record.Bytes.Span),
        RecordFault.TooLong => "too long",
        RecordFault.OpenQuote or RecordFault.TextAfterQuote => $"{record.Fault} {Encoding.UTF8.GetString(record.Bytes.Span)}",
    };

    private static async Task<List<RawRecord>> RecordsAsync(byte[] bytes, ImportFormat format)
    {
        var records = new List<RawRecord>();
        await foreach (var record in ImportInput.ReadAsync(new DripStream(bytes), format, CancellationToken.None))
        {
            records.Add(record);
        }

        return records;
    }

    // The reader that takes a record apart must see the same one. It may keep quotes inside unquoted cells, and blanks behind quoted ones.
    private static bool IsOneRecord(ReadOnlyMemory<byte> bytes)
    {
        var repaired = new List<CsvMalformedReason>();
        using var reader = CsvReader.Create(bytes, new CsvReaderOptions { Separator = ',', HasHeader = false, OnMalformedRecord = bad => repaired.Add(bad.Reason) });
        return reader.Read() && !reader.Read() && repaired.TrueForAll(reason => reason is CsvMalformedReason.StrayQuote or CsvMalformedReason.TextAfterClosingQuote);
    }

    private sealed class SameRecord : IEqualityComparer<RawRecord>
    {
        public bool Equals(RawRecord x, RawRecord y) => (x.Line, x.Fault) == (y.Line, y.Fault) && x.Bytes.Span.SequenceEqual(y.Bytes.Span);

        public int GetHashCode(RawRecord obj) => obj.Line.GetHashCode();
    }

    /// <summary>Gives a few bytes at a time, as a network does.</summary>
    private sealed class DripStream(byte[] bytes) : MemoryStream(bytes)
    {
        private int step;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Least(buffer.Length)], cancellationToken);

        public override int Read(Span<byte> buffer) => base.Read(buffer[..Least(buffer.Length)]);

        private int Least(int wanted) => Math.Min(wanted, Length > 1000 ? 4093 : 1 + (step++ % 3));
    }
}
