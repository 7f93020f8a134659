using System.Globalization;
using System.Text;
using ArCredit.Banking.Statements;
using ArCredit.Banking.Statements.Csv;
using ArCredit.Kernel;
using Shouldly;
using Xunit;

namespace ArCredit.Banking.Tests.Csv;

public sealed class CsvStatementTests
{
    private const string Iban = "DE42100100100043921105";
    private const string Header = "Buchung;Valuta;Name;Zweck;Betrag;Saldo\n";

    private static readonly CsvMapping German = Mapping() with
    {
        Format = new CsvFormat(";", null, ["dd.MM.yyyy", "d.M.yy"], ","),
        BookedOn = new CsvValue("Buchung", null),
        ValueOn = new CsvValue("Valuta", null),
        Party = new CsvValue("Name", null),
        Remittance = [new CsvValue("Zweck", null)],
        Amount = new CsvValue("Betrag", null),
        Balance = new CsvValue("Saldo", null),
    };

    [Fact]
    public void The_newest_first_or_the_oldest_first()
    {
        var oldest = Header + "01.02.2026;02.02.2026;Müller;\"RE 1; RE 2\";1.234,50;1.334,50\n03.02.26;3.2.26;X;Y;-34,5;1300\n";
        var newest = Header + "03.02.26;3.2.26;X;Y;-34,5;1300\n01.02.2026;02.02.2026;Müller;\"RE 1; RE 2\";1.234,50;1.334,50\n";
        foreach (var file in new[] { oldest, newest, "Account statement\n\n;;\n" + oldest })
        {
            var parts = Read(file, German);
            ((StatementOpened)parts[0]).Head.Opening.ShouldBe(new Balance(10_000, new DateOnly(2026, 2, 1)));
            ((StatementClosed)parts[^1]).Closing.ShouldBe(new Balance(130_000, new DateOnly(2026, 2, 3)));
            var entry = parts.OfType<EntryRead>().Select(read => read.Entry).Single(read => read.IsCredit);
            (entry.Amount, entry.ValueOn, entry.Text.Party, entry.Text.Remittance).ShouldBe((123_450, new DateOnly(2026, 2, 2), "Müller", "RE 1; RE 2"));
        }

        // As many exports are written that name no encoding.
        var entries = StatementReader.Read(new MemoryStream(Encoding.Latin1.GetBytes(oldest)), new CsvKnowledge([German], _ => Currency.Parse("EUR"))).OfType<EntryRead>();
        entries.First().Entry.Text.Party.ShouldBe("Müller");
    }

    [Fact]
    public void Where_both_orders_fit_the_dates_say_which_is_the_newest()
    {
        static (Balance?, Balance?) BalancesOf(string lines)
        {
            var parts = Read(Header + lines, German);
            return (((StatementOpened)parts[0]).Head.Opening, ((StatementClosed)parts[^1]).Closing);
        }

        var (first, last) = (new DateOnly(2026, 11, 21), new DateOnly(2026, 11, 22));
        BalancesOf("22.11.2026;;a;b;-50,00;100,00\n21.11.2026;;a;b;50,00;150,00\n").ShouldBe((new Balance(10_000, first), new Balance(10_000, last)));
        BalancesOf("21.11.2026;;a;b;-50,00;100,00\n22.11.2026;;a;b;50,00;150,00\n").ShouldBe((new Balance(15_000, first), new Balance(15_000, last)));
        BalancesOf("22.11.2026;;a;b;-50,00;100,00\n22.11.2026;;a;b;50,00;150,00\n").ShouldBe((null, null));
        BalancesOf("22.11.2026;;a;b;50,00;150,00\n").ShouldBe((new Balance(10_000, last), new Balance(15_000, last)));
    }

    [Theory]
    [InlineData("01.02.2026;;a;b;10,00;110,00\n02.02.2026;;a;b;5,00;116,00\n", 3, StatementRefusedException.BalanceWrong)]
    [InlineData("01.02.2026;;a;b;10.00;110,00\n", 2, StatementRefusedException.Unreadable)]
    [InlineData("01.02.2026;;a;b;1.23;110,00\n", 2, StatementRefusedException.Unreadable)]
    [InlineData("01.02.2026;;a;b;10,001;110,00\n", 2, StatementRefusedException.Unreadable)]
    [InlineData("30.02.2026;;a;b;10,00;110,00\n", 2, StatementRefusedException.Unreadable)]
    [InlineData("01.02.2026;;a;b;10,00;110,00\n02.02.2026;a;b;5,00;115,00\n", 3, StatementRefusedException.Unreadable)]
    [InlineData("01.02.2026;;a;\"b;10,00;110,00\n", 2, StatementRefusedException.Unreadable)]
    [InlineData("01.02.2026;;a;b;;110,00\n", 2, StatementRefusedException.Unreadable)]
    [InlineData("01.02.2026;;a;b;١٢,00;110,00\n", 2, StatementRefusedException.Unreadable)]
    [InlineData("", 1, StatementRefusedException.Unreadable)]
    public void What_is_wrong_is_refused_with_its_line(string lines, int line, string code)
    {
        var refused = Should.Throw<StatementRefusedException>(() => Read(Header + lines, German));
        (refused.Place.Line, refused.Code).ShouldBe((line, code));
    }

    [Theory]
    [InlineData("2026-02-01,12.50,,", 1250)]
    [InlineData("2026-02-01,,12.50,", -1250)]
    [InlineData("2026-02-01,0.00,-12.50,", -1250)]
    [InlineData("2026-02-01,\"1,234.50\",0,", 123450)]
    public void Credits_and_debits_in_columns_of_their_own(string line, long amount)
    {
        var mapping = Mapping() with { Amount = null, Credit = new CsvValue("in", null), Debit = new CsvValue("out", null) };
        Read("date,in,out,kind\n" + line + "\n", mapping).OfType<EntryRead>().ShouldHaveSingleItem().Entry.Amount.ShouldBe(amount);
        Should.Throw<StatementRefusedException>(() => Read("date,in,out,kind\n2026-02-01,1,1,\n", mapping)).Place.Line.ShouldBe(2);
    }

    [Theory]
    [InlineData("12.50", "D", -1250)]
    [InlineData("12.50", "d", -1250)]
    [InlineData("12.50", "C", 1250)]
    [InlineData("-12.50", "D", -1250)]
    [InlineData("12.50-", "D", -1250)]
    public void A_column_that_says_the_direction(string amount, string word, long minor)
    {
        var mapping = Mapping() with { Direction = new CsvValue("kind", null), DebitWords = ["D", "DBIT"] };
        Read($"date,amount,kind\n2026-02-01,{amount},{word}\n", mapping).OfType<EntryRead>().Single().Entry.Amount.ShouldBe(minor);
        Should.Throw<StatementRefusedException>(() => Read("date,amount,kind\n2026-02-01,-1,C\n", mapping)).Place.Line.ShouldBe(2);
    }

    [Fact]
    public void The_mapping_that_knows_most_of_the_header_is_taken_and_two_as_good_are_refused()
    {
        var more = Mapping() with { Party = new CsvValue("party", null) };
        CsvStatementReader.Recognise(File("date,amount,party\n"), [Mapping(), more]).ShouldBe(more);
        CsvStatementReader.Recognise(File("date,amount\n"), [Mapping(), more]).ShouldNotBe(more);
        CsvStatementReader.Recognise(File("other,header\n"), [Mapping(), more]).ShouldBeNull();
        Should.Throw<StatementRefusedException>(() => CsvStatementReader.Recognise(File("date,amount\n"), [Mapping(), Mapping()]));
    }

    [Fact]
    public void Drawn_files_read_back_exactly()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var balance = (long)random.Next(-100_000, 100_000);
            var file = new StringBuilder(Header);
            var expected = new List<(DateOnly, long, string)>();
            for (var line = 0; line < random.Next(1, 30); line++)
            {
                var (day, amount) = (new DateOnly(2026, 1, 1).AddDays(line), (long)random.Next(-5_000_000, 5_000_000));
                var text = string.Concat(Enumerable.Range(0, random.Next(1, 20)).Select(_ => "ab;\"\nü 1"[random.Next(8)])) + "x";
                balance += amount;
                expected.Add((day, amount, string.Join(' ', text.Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries))));
                file.Append(CultureInfo.InvariantCulture, $"{day:dd.MM.yyyy};;p;\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\";{Written(amount)};{Written(balance)}\n");
            }

            Read(file.ToString(), German).OfType<EntryRead>().Select(read => (read.Entry.BookedOn, read.Entry.Amount, read.Entry.Text.Remittance!)).ShouldBe(expected, $"seed {seed}");
        }
    }

    private static string Written(long minor) => (minor / 100m).ToString("N2", CultureInfo.GetCultureInfo("de-DE"));

    private static CsvMapping Mapping() => new(
        null, new CsvValue(null, Iban), null, new CsvValue("date", null), null, new CsvValue("amount", null), null, null, null, null, null, null, null, null, null, null,
        null, null);

    private static MemoryStream File(string text) => new(Encoding.UTF8.GetBytes(text));

    private static List<StatementPart> Read(string text, CsvMapping mapping) =>
        [.. StatementReader.Read(File(text), new CsvKnowledge([mapping], _ => Currency.Parse("EUR")))];
}
