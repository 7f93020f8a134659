using System.Globalization;
using ArCredit.Accounts.Features.Import;
using ArCredit.Host.Import;
using ArCredit.Platform.Csv;
using ArCredit.Testing.App;
using Shouldly;
using Xunit;

namespace ArCredit.Scenarios.Import;

/// <summary>A foreign file with a bad quote loses the line it stands in, and nothing else.</summary>
public sealed class ForeignQuoteTests : IDisposable
{
    private readonly TestDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public void An_open_quote_costs_one_row_of_a_thousand(string lineEnd)
    {
        var rows = Rows(1000);
        rows[4] = "C5;\"Smith 2024-01-05;5,00";
        rows[700] = "C701;\"Jones; \"\"Sons\"\"\";2024-01-05;5,00";
        rows[800] = "C801;\"two\nlines\";2024-01-05;5,00";

        var read = Read(string.Join(lineEnd, rows));

        read.Count.ShouldBe(1000);
        read.Where(row => row.Row is null).ShouldBe([new ForeignRow(6, "C5;\"Smith 2024-01-05;5,00", null, "has a quote that is never closed")]);
        read[700].Row!.Texts.Name.ShouldBe("Jones; \"Sons\"");
        read[800].Row!.Texts.Name.ShouldBe("two\nlines");
        read.Select(row => row.Line).ShouldBe([.. Enumerable.Range(2, 801), .. Enumerable.Range(804, 199)]);
    }

    [Fact]
    public void What_follows_an_open_quote_may_be_larger_than_any_record()
    {
        var rows = Rows(60_000);
        rows[4] = "C5;\"Smith;2024-01-05;5,00";

        var read = Read(string.Join('\n', rows));

        new FileInfo(FilePath).Length.ShouldBeGreaterThan(1024 * 1024);
        read.Count.ShouldBe(60_000);
        read.Single(row => row.Row is null).ShouldBe(new ForeignRow(6, rows[4], null, "has a quote that is never closed"));
    }

    [Fact]
    public void A_quote_in_the_last_row_and_one_inside_a_cell_touch_no_neighbour()
    {
        var rows = Rows(5);
        rows[1] = "C2;5\" pipe;2024-01-05;5,00";
        rows[2] = "C3;\"pipe\" 5;2024-01-05;5,00";
        rows[4] = "C5;Smith;2024-01-05;\"5,00";

        var read = Read(string.Join('\n', rows));

        read[1].Row!.Texts.Name.ShouldBe("5\" pipe");
        read.Select(row => row.Fault).ShouldBe(
        [
            null, null, "has text between a closing quote and the end of its cell; a quote inside quotes is doubled", null, "has a quote that is never closed",
        ]);
    }

    [Fact]
    public void A_row_that_is_longer_than_a_mebibyte_is_a_fault_of_its_own()
    {
        var rows = Rows(3);
        rows[1] = new string('x', (1024 * 1024) + 1);
        Read(string.Join('\n', rows)).Select(row => (row.Line, row.Fault)).ShouldBe([(2, null), (3, "is longer than 1048576 bytes"), (4, null)]);
    }

    [Fact]
    public void Tabs_part_cells_also_where_the_first_and_the_last_are_empty()
    {
        File.WriteAllText(FilePath, "name\tcustomer\tissued\tamount\tpaid\n\tA\t2024-01-05\t5,00\t\n");
        var row = new ForeignFile(FilePath, Map("\\t")).Read().Single();
        row.Fault.ShouldBeNull();
        (row.Row!.Customer, row.Row.Amount, row.Row.Texts.Name).ShouldBe(("A", 500, null));
    }

    [Fact]
    public async Task A_file_of_our_own_shape_keeps_its_line_numbers_and_the_neighbours_of_a_bad_quote()
    {
        var path = Path.Combine(directory.Path, "customers.csv");
        await File.WriteAllTextAsync(path, "accountId,name\r\nA,\"x\ry\r\nz\"\r\nB,\"open\r\nC,5\" pipe\r\n");
        var steps = new List<ImportStep>();
        await foreach (var step in OwnFile.ReadAsync(path, ImportKind.Customers, CancellationToken.None))
        {
            steps.Add(step);
        }

        steps.OfType<ImportStep.Fault>().ShouldBe([new ImportStep.Fault(new PageSource(5, "B,\"open"), "has a quote that is never closed")]);
        var page = steps.OfType<ImportStep.Page>().Single();
        var again = CsvRecords.Read(new MemoryStream(page.Lines.ToArray()), (byte)',', ImportInput.MaxRecordBytes).Skip(1).ToList();
        again.Select(record => page.Sources[record.Line]).ShouldBe([new PageSource(2, "A,\"x\ry\r\nz\""), new PageSource(6, "C,5\" pipe")]);
    }

    private string FilePath => Path.Combine(directory.Path, "file.csv");

    private static List<string> Rows(int count) =>
        [.. Enumerable.Range(1, count).Select(n => string.Create(CultureInfo.InvariantCulture, $"C{n};Smith;2024-01-05;5,00"))];

    private List<ForeignRow> Read(string rows)
    {
        File.WriteAllText(FilePath, "customer;name;issued;amount\n" + rows);
        return [.. new ForeignFile(FilePath, Map(";")).Read()];
    }

    private Mapping Map(string delimiter)
    {
        var path = Path.Combine(directory.Path, "map.json");
        File.WriteAllText(path, $$"""
            {
              "format": { "delimiter": "{{delimiter}}", "culture": "de-DE" },
              "currency": { "value": "EUR" },
              "customer": { "id": { "column": "customer" }, "name": { "column": "name" } },
              "invoice": { "issueDate": { "column": "issued" }, "amount": { "column": "amount" } }
            }
            """);
        return Mapping.Read(path);
    }
}
