using System.Globalization;
using System.Text;
using System.Text.Json;
using ArCredit.Accounts.Features.Import;
using ArCredit.Host.Import;
using ArCredit.Kernel;
using ArCredit.Platform.Start;
using ArCredit.Testing.App;
using Shouldly;
using Xunit;

namespace ArCredit.Scenarios.Import;

public sealed class MappingTests : IDisposable
{
    private const string Header = "customer,issued,due,settled,amount,name";

    private static readonly DateOnly Day = new(2024, 3, 1);

    private readonly TestDirectory directory = new();

    public void Dispose() => directory.Dispose();

    [Fact]
    public void Numbers_of_equal_rows_differ_by_occurrence_and_are_the_same_the_next_time()
    {
        string[] Numbers()
        {
            var numbers = new ContentNumbers();
            return [numbers.Next("A", Day, null, 100, "EUR"), numbers.Next("A", Day, null, 100, "EUR"), numbers.Next("A", Day, Day, 100, "EUR"), numbers.Next("B", Day, null, 100, "EUR")];
        }

        var first = Numbers();
        first.Distinct().Count().ShouldBe(4);
        first[0][..^2].ShouldBe(first[1][..^2]);
        (first[0][^2..], first[1][^2..]).ShouldBe(("-1", "-2"));
        Numbers().ShouldBe(first);
    }

    [Fact]
    public void A_settlement_known_later_does_not_change_a_number()
    {
        var open = Lines("A,3/1/2024,3/31/2024,,10.00,Ann");
        var settled = Lines("A,3/1/2024,3/31/2024,4/2/2024,10.00,Ann");
        Field(open, ImportKind.Invoices, "number").ShouldBe(Field(settled, ImportKind.Invoices, "number"));
        Field(settled, ImportKind.Payments, "paymentId").ShouldBe(["settlement-" + Field(open, ImportKind.Invoices, "number").Single()]);
        Field(settled, ImportKind.Payments, "receivedOn").ShouldBe(["2024-04-02"]);
    }

    [Fact]
    public void Two_equal_rows_are_two_documents()
    {
        var lines = Lines("A,3/1/2024,3/31/2024,4/2/2024,10.00,Ann", "A,3/1/2024,3/31/2024,4/2/2024,10.00,Ann");
        Field(lines, ImportKind.Invoices, "number").Distinct().Count().ShouldBe(2);
        Field(lines, ImportKind.Payments, "invoice").ShouldBe(Field(lines, ImportKind.Invoices, "number"));
    }

    [Fact]
    public void Dates_and_amounts_are_read_as_the_file_writes_them()
    {
        var lines = Lines("A,1/2/2013,12/31/2012,,\"1,234.50\",Ann");
        Field(lines, ImportKind.Invoices, "issueDate").ShouldBe(["2013-01-02"]);
        Field(lines, ImportKind.Invoices, "dueDate").ShouldBe(["2012-12-31"], "a due date before the issue date is passed on");
        Field(lines, ImportKind.Invoices, "amount").ShouldBe(["1234.50"]);
    }

    [Fact]
    public void An_open_negative_amount_is_a_credit_note()
    {
        var lines = Lines("A,3/1/2024,3/31/2024,,-10.00,Ann");
        Field(lines, ImportKind.CreditNotes, "amount").ShouldBe(["10.00"]);
        lines.Keys.ShouldNotContain(ImportKind.Invoices);
    }

    [Theory]
    [InlineData("A,3/1/2024,3/31/2024,4/1/2024,-10.00,Ann", "is a settled credit")]
    [InlineData(",3/1/2024,3/31/2024,,10.00,Ann", "has no usable customer number")]
    [InlineData("A,2024-03-01,3/31/2024,,10.00,Ann", "has the issue date '2024-03-01', which is not written as M/d/yyyy")]
    [InlineData("A,3/1/2024,3/31/2024,,ten,Ann", "has the amount 'ten', which is no number")]
    [InlineData("A,3/1/2024,3/31/2024,,10.001,Ann", "has the amount 10.001 with more decimals than EUR has")]
    [InlineData("A,3/1/2024,3/31/2024,,0.00,Ann", "has the amount 0")]
    [InlineData("A,3/1/2024,3/31/2024,,10.00", "has 5 cells where the header has 6")]
    public void A_row_that_cannot_be_understood_says_why(string row, string fault) =>
        Steps(row).OfType<ImportStep.Fault>().Single().ShouldSatisfyAllConditions(
            found => found.Message.ShouldStartWith(fault), found => found.Source.ShouldBe(new PageSource(2, row)));

    [Fact]
    public void Customers_come_first_once_each_with_a_limit_from_their_history()
    {
        var steps = Steps(
            "A,3/1/2024,3/31/2024,3/10/2024,100.00,Ann", "B,3/1/2024,3/31/2024,,7.00,", "A,3/5/2024,3/31/2024,3/20/2024,50.00,Ann", "B,3/2/2024,3/31/2024,,1.00,Bob");
        steps[0].ShouldBeOfType<ImportStep.Page>().Kind.ShouldBe(ImportKind.Customers);
        var lines = ByKind(steps);
        Field(lines, ImportKind.Customers, "accountId").ShouldBe(["A", "B"]);
        Field(lines, ImportKind.Customers, "name").ShouldBe(["Ann", "Bob"]);
        Field(lines, ImportKind.Customers, "creditLimit").ShouldBe(["250.00", "100.00"], "a peak of 150 × 1.5 rounded up to 50s, and the minimum");
    }

    [Theory]
    [InlineData("peakBalance", 1.0, 300)]
    [InlineData("averageMonthlySales", 1.0, 200)]
    [InlineData("averageMonthlySales", 2.5, 500)]
    public void A_limit_rule_looks_at_balances_or_sales(string rule, double factor, int expected)
    {
        var history = new CustomerHistory();
        history.Add(new DateOnly(2024, 1, 15), 300_00, new DateOnly(2024, 2, 1));
        history.Add(new DateOnly(2024, 2, 1), 100_00, null);
        history.Add(new DateOnly(2024, 3, 31), 200_00, new DateOnly(2024, 4, 1));
        var basis = Enum.Parse<LimitBasis>(rule, ignoreCase: true);
        new LimitRule(basis, (decimal)factor, null, null).Limit(history, Currency.Parse("EUR")).ShouldBe(expected * 100L);
    }

    [Fact]
    public void A_file_in_another_encoding_is_read_in_it_and_broken_text_is_a_fault()
    {
        var text = "customer,issued,due,settled,amount,name\nA,3/1/2024,,,1.00,Бакы\n";
        var mapping = Map("""  "format": { "encoding": "windows-1251", "culture": "en-US", "dates": ["M/d/yyyy"] }, """);
        var bytes = Mapping.FindEncoding("windows-1251")!.GetBytes(text);
        File.WriteAllBytes(FilePath, bytes);
        new ForeignFile(FilePath, mapping).Read().Single().Row!.Texts.Name.ShouldBe("Бакы");
        new ForeignFile(FilePath, Map(null)).Read().Single().Fault.ShouldBe("is not written in utf-8");
    }

    [Theory]
    [InlineData("utf-16")]
    [InlineData("utf-32")]
    [InlineData("utf-8")]
    public void A_byte_order_mark_says_more_than_the_mapping(string encoding)
    {
        File.WriteAllText(FilePath, "customer,issued,due,settled,amount,name\nA,3/1/2024,,,1.00,Бакы\n", Encoding.GetEncoding(encoding));
        new ForeignFile(FilePath, Map(null)).Read().Single().Row!.Texts.Name.ShouldBe("Бакы");
    }

    [Theory]
    [InlineData("is empty.", "")]
    [InlineData("is not written in utf-8; the mapping's format.encoding says how it is.", "c\0u\0s\0t\0o\0m\0e\0r\0")]
    [InlineData("has a quote that is never closed.", "customer,\"issued,due,settled,amount,name\nA,3/1/2024,,,1.00,Ann\n")]
    public void A_file_that_cannot_be_read_at_all_is_one_sentence(string expected, string text)
    {
        File.WriteAllText(FilePath, text);
        Should.Throw<SettingException>(new ForeignFile(FilePath, Map(null)).Check).Message.ShouldEndWith(expected);
    }

    [Fact]
    public void A_mapping_that_makes_no_sense_names_every_bad_field()
    {
        var path = Path.Combine(directory.Path, "bad.json");
        File.WriteAllText(path, """
            {
              "format": { "delimiter": ";;", "encoding": "klingon", "culture": "xx-nowhere", "dates": [] },
              "currency": { "value": "EURO" },
              "customer": { "id": { "column": "a", "value": "b" }, "limit": { "rule": "peakBalance", "factor": 0, "roundUpTo": -1, "minimum": -1 } },
              "invoice": { "issueDate": {}, "amount": { "column": "amount" } }
            }
            """);
        var message = Should.Throw<SettingException>(() => Mapping.Read(path)).Message;
        foreach (var field in new[]
        {
            "format.delimiter must", "format.encoding is not", "format.culture is not", "format.dates must", "currency.value must", "customer.id needs",
            "customer.limit.factor must", "customer.limit.roundUpTo must", "customer.limit.minimum must", "invoice.issueDate needs",
        })
        {
            message.ShouldContain(field);
        }
    }

    private string FilePath => Path.Combine(directory.Path, "file.csv");

    private Mapping Map(string? format)
    {
        var path = Path.Combine(directory.Path, "map.json");
        File.WriteAllText(path, $$"""
            {
              {{format ?? """ "format": { "culture": "en-US", "dates": ["M/d/yyyy"] }, """}}
              "currency": { "value": "EUR" },
              "customer": {
                "id": { "column": "customer" }, "name": { "column": "name" },
                "limit": { "rule": "peakBalance", "factor": 1.5, "roundUpTo": 50, "minimum": 100 }
              },
              "invoice": { "issueDate": { "column": "issued" }, "dueDate": { "column": "due" }, "amount": { "column": "amount" } },
              "payment": { "receivedOn": { "column": "settled" } }
            }
            """);
        return Mapping.Read(path);
    }

    private List<ImportStep> Steps(params string[] rows)
    {
        File.WriteAllLines(FilePath, [Header, .. rows]);
        var map = Map(null);
        return [.. new MappedSteps(new ForeignFile(FilePath, map), map).Read()];
    }

    private Dictionary<ImportKind, List<JsonElement>> Lines(params string[] rows) => ByKind(Steps(rows));

    private static Dictionary<ImportKind, List<JsonElement>> ByKind(IEnumerable<ImportStep> steps) => steps.OfType<ImportStep.Page>().ToDictionary(
        page => page.Kind,
        page => Encoding.UTF8.GetString(page.Lines.Span).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement).ToList());

    private static List<string> Field(Dictionary<ImportKind, List<JsonElement>> lines, ImportKind kind, string name) =>
        [.. lines[kind].Select(line => Convert.ToString(line.GetProperty(name).ToString(), CultureInfo.InvariantCulture)!)];
}
