using System.Text;
using ArCredit.Banking.Posting;
using ArCredit.Banking.Statements;
using ArCredit.Kernel;
using Shouldly;
using Xunit;

namespace ArCredit.Banking.Tests.Statements;

/// <summary>Files that look right: each is refused for what is wrong, where it is wrong.</summary>
public sealed class TrapTests
{
    private const string Mt =
        ":20:ST1\n:25:DE42100100100043921105\n:28C:1/1\n:60F:C250101EUR100,00\n:61:2501020102C10,00NTRFNONREF//A1\n:86:Invoice 7\n:61:2501020102D3,50NTRFNONREF\n:62F:C250102EUR106,50\n-\n";

    private const string Camt =
        """
        <Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><GrpHdr><MsgId>1</MsgId></GrpHdr>
        <Stmt><Id>S</Id><Acct><Id><IBAN>DE42100100100043921105</IBAN></Id><Ccy>EUR</Ccy></Acct>
        <Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">100.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2025-01-01</Dt></Dt></Bal>
        <Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">110.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2025-01-02</Dt></Dt></Bal>
        <TxsSummry><TtlCdtNtries><NbOfNtries>1</NbOfNtries><Sum>10.00</Sum></TtlCdtNtries></TxsSummry>
        <Ntry><Amt Ccy="EUR">10.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2025-01-02</Dt></BookgDt>
        <NtryDtls><TxDtls><Amt Ccy="EUR">4.00</Amt></TxDtls><TxDtls><Amt Ccy="EUR">6.00</Amt></TxDtls></NtryDtls></Ntry>
        </Stmt></BkToCstmrStmt></Document>
        """;

    private const string Bai =
        "01,BANK,ME,250102,1200,1,,,2/\n02,ME,BANK,1,250102,,EUR,2/\n03,12345,EUR,010,10000,,,015,11000,,/\n16,165,1000,Z,REF,,Invoice 7/\n49,22000,3/\n98,22000,1,5/\n99,22000,1,7/\n";

    [Fact]
    public void They_are_read_as_long_as_they_are_right()
    {
        ReadStatement.All(Mt).ShouldHaveSingleItem().Entries.Select(entry => entry.Amount).ShouldBe([1000, -350]);
        ReadStatement.All(Camt).ShouldHaveSingleItem().Entries[0].Details.Count.ShouldBe(2);
        ReadStatement.All(Bai).ShouldHaveSingleItem().Entries[0].Text.Remittance.ShouldBe("Invoice 7");
    }

    [Theory]
    [InlineData("552", true, 1)]
    [InlineData("694", true, 1)]
    [InlineData("558", true, 1)]
    [InlineData("566", false, 1)]
    [InlineData("561", false, 1)]
    [InlineData("555", false, 1)]
    [InlineData("495", false, 0)]
    public void A_type_of_bai2_says_that_the_bank_takes_back_what_a_customer_paid(string type, bool isReversal, int payments)
    {
        var entry = ReadStatement.All(Bai.Replace("15,11000", "15,9000", StringComparison.Ordinal).Replace("16,165,", $"16,{type},", StringComparison.Ordinal)
            .Replace(",22000,", ",20000,", StringComparison.Ordinal)).ShouldHaveSingleItem().Entries.ShouldHaveSingleItem();
        (entry.Amount, entry.IsReversal, PaymentIntake.CountOf(entry, Currency.Parse("EUR"))).ShouldBe((-1000, isReversal, payments));
    }

    [Theory]
    [InlineData("100,1000,1", 0)]
    [InlineData("100,1000,", 0)]
    [InlineData("100,1000,2", 1)]
    [InlineData("100,1200,", 1)]
    [InlineData("100,1200,2", 1)]
    public void A_total_of_bai2_that_does_not_fit_its_entries_is_told(string total, int warnings)
    {
        var amount = int.Parse(total.Split(',')[1], System.Globalization.CultureInfo.InvariantCulture);
        ReadStatement.All(Bai.Replace("015,11000,,/", $"015,11000,,,{total},/", StringComparison.Ordinal).Replace(",22000,", $",{22000 + amount},", StringComparison.Ordinal))
            .ShouldHaveSingleItem().End.Warnings.Count(warning => warning.Contains("total 100", StringComparison.Ordinal)).ShouldBe(warnings);
    }

    [Theory]
    [InlineData("<Btch><NbOfTxs>2</NbOfTxs><TtlAmt Ccy=\"EUR\">10.00</TtlAmt></Btch>", 0)]
    [InlineData("<Btch><NbOfTxs>2</NbOfTxs><TtlAmt Ccy=\"EUR\">10.01</TtlAmt></Btch>", 1)]
    [InlineData("<Btch><TtlAmt Ccy=\"USD\">12.00</TtlAmt></Btch>", 0)]
    public void A_batch_whose_sum_is_not_that_of_its_transactions_is_told(string batch, int warnings) =>
        ReadStatement.All(Camt.Replace("<NtryDtls>", "<NtryDtls>" + batch, StringComparison.Ordinal)).ShouldHaveSingleItem().End.Warnings
            .Count(warning => warning.Contains("the batch", StringComparison.Ordinal)).ShouldBe(warnings);

    [Fact]
    public void Documents_that_a_payer_refers_to_are_structured_references()
    {
        var read = ReadStatement.All(Camt.Replace(
            "<TxDtls><Amt Ccy=\"EUR\">6.00</Amt></TxDtls>",
            "<TxDtls><Amt Ccy=\"EUR\">6.00</Amt><RmtInf><Strd><RfrdDocInf><Tp><CdOrPrtry><Cd>CINV</Cd></CdOrPrtry></Tp><Nb>INV-1</Nb></RfrdDocInf><RfrdDocInf><Nb>INV-2</Nb></RfrdDocInf>"
            + "<CdtrRefInf><Ref>RF18539007547034</Ref></CdtrRefInf></Strd><Strd><RfrdDocInf><Nb>INV-1</Nb></RfrdDocInf></Strd></RmtInf></TxDtls>", StringComparison.Ordinal));
        read.ShouldHaveSingleItem().Entries[0].Details[1].Text.StructuredReference.ShouldBe("RF18539007547034; INV-1; INV-2");
    }

    [Theory]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    [InlineData("utf-8")]
    public void A_text_with_a_byte_order_mark_is_read_as_it_says(string encoding)
    {
        var written = Encoding.GetEncoding(encoding);
        byte[] File(string text) => [.. written.GetPreamble(), .. written.GetBytes(text)];
        ReadStatement.All(File(Mt.Replace("Invoice 7", "Žofie", StringComparison.Ordinal))).ShouldHaveSingleItem().Entries[0].Text.Remittance.ShouldBe("Žofie");
        ReadStatement.All(File(Bai)).ShouldHaveSingleItem().Entries[0].Amount.ShouldBe(1000);
        ReadStatement.All(File(Camt)).ShouldHaveSingleItem().Entries[0].Amount.ShouldBe(1000);
    }

    [Fact]
    public void What_is_no_utf_8_is_windows_1252()
    {
        byte[] file = [.. Encoding.Latin1.GetBytes(Mt[..Mt.IndexOf("Invoice 7", StringComparison.Ordinal)]), 0x8A, 0x92, 0x8E, 0xFC, .. Encoding.Latin1.GetBytes(Mt[(Mt.IndexOf("Invoice 7", StringComparison.Ordinal) + 9)..])];
        ReadStatement.All(file).ShouldHaveSingleItem().Entries[0].Text.Remittance.ShouldBe("Š’Žü");
    }

    [Theory]
    [InlineData("", "<Chrgs><Amt Ccy=\"EUR\">0.50</Amt></Chrgs>", "6.50", true)]
    [InlineData("", "<Chrgs><Rcrd><Amt Ccy=\"EUR\">0.70</Amt></Rcrd><Rcrd><Amt Ccy=\"EUR\">0.20</Amt><CdtDbtInd>CRDT</CdtDbtInd></Rcrd></Chrgs>", "6.50", true)]
    [InlineData("<Chrgs><TtlChrgsAndTaxAmt Ccy=\"EUR\">0.50</TtlChrgsAndTaxAmt></Chrgs>", "", "6.50", true)]
    [InlineData("", "<Chrgs><Amt Ccy=\"EUR\">0.50</Amt></Chrgs>", "6.00", true)]
    [InlineData("", "<Chrgs><Amt Ccy=\"EUR\">0.50</Amt></Chrgs>", "8.00", false)]
    [InlineData("", "<Chrgs><Amt Ccy=\"USD\">2.00</Amt></Chrgs>", "8.00", false)]
    [InlineData("", "<Chrgs/>", "8.00", false)]
    public void Charges_explain_the_difference_to_an_entry_or_its_amounts_do_not_count(string ofEntry, string ofDetail, string second, bool areCounted)
    {
        var file = Camt.Replace("<NtryDtls>", ofEntry + "<NtryDtls>", StringComparison.Ordinal)
            .Replace("6.00</Amt>", $"{second}</Amt>{ofDetail}", StringComparison.Ordinal);
        var entry = ReadStatement.All(file).ShouldHaveSingleItem().Entries[0];
        (entry.Details.Count, entry.Details.Any(detail => detail.Amount is null)).ShouldBe((2, !areCounted));
        PaymentIntake.CountOf(entry, Currency.Parse("EUR")).ShouldBe(areCounted ? 2 : 1);
    }

    [Theory]
    [InlineData("C10,00NTRFNONREF", "C10,00 NTRFNONREF", "NTRF")]
    [InlineData("C10,00NTRFNONREF", "C10,00NOV NONREF", "NOV")]
    [InlineData("C10,00NTRFNONREF", "C10,00S   NONREF", "S")]
    [InlineData(":25:DE42100100100043921105", ":25:DEUTDEFF/0043921105/EUR", "NTRF")]
    public void Blanks_around_the_type_of_a_booking_and_the_currency_of_an_account_are_as_banks_write_them(string usual, string written, string type)
    {
        var read = ReadStatement.All(Mt.Replace(usual, written, StringComparison.Ordinal)).ShouldHaveSingleItem();
        (read.Entries[0].Code, read.Entries[0].Amount, read.Entries[0].BankReference, read.Entries[0].Text.EndToEndId).ShouldBe((type, 1000, "A1", null));
        (read.Head.Account.Iban ?? read.Head.Account.Number)!.ShouldEndWith("0043921105");
    }

    [Theory]
    [InlineData("<FrToDt><FrDtTm>2025-01-01T00:00:00+01:00</FrDtTm><ToDtTm>2025-01-07T23:59:59+01:00</ToDtTm></FrToDt>", 7)]
    [InlineData("<CreDtTm>2025-01-08T04:00:00Z</CreDtTm>", 8)]
    [InlineData("<CreDtTm>2025-01-08T04:00:00Z</CreDtTm><FrToDt><ToDt>2025-01-07</ToDt></FrToDt>", 7)]
    public void An_entry_without_a_date_is_of_the_day_its_statement_names(string named, int day)
    {
        var note = Camt.Replace("camt.053", "camt.054", StringComparison.Ordinal).Replace("<Id>S</Id>", "<Id>S</Id>" + named, StringComparison.Ordinal)
            .Replace("<BookgDt><Dt>2025-01-02</Dt></BookgDt>", string.Empty, StringComparison.Ordinal);
        note = string.Join('\n', note.Split('\n').Where(line => !line.Contains("<Bal>", StringComparison.Ordinal)));
        ReadStatement.All(note).ShouldHaveSingleItem().Entries[0].BookedOn.ShouldBe(new DateOnly(2025, 1, day));
        Should.Throw<StatementRefusedException>(() => ReadStatement.All(note.Replace(named, string.Empty, StringComparison.Ordinal))).Reason.ShouldContain("date");
    }

    [Theory]
    [InlineData(":62F:C250102EUR106,50", ":62F:C250102EUR106,51", StatementRefusedException.BalanceWrong, 8, "106.50")]
    [InlineData("D3,50", "D3,5O", StatementRefusedException.Unreadable, 7, "type of a booking")]
    [InlineData("2501020102C", "2504310102C", StatementRefusedException.Unreadable, 5, "no date")]
    [InlineData("2501020102C", "2501020230C", StatementRefusedException.Unreadable, 5, "'0230'")]
    [InlineData(":62F:C250102EUR", ":62F:C250230EUR", StatementRefusedException.Unreadable, 8, "'250230' is no date")]
    [InlineData(":62F:C250102EUR", ":62F:C250102USD", StatementRefusedException.CurrencyWrong, 8, "USD")]
    [InlineData(":62F:C250102EUR106,50\n-\n", "", StatementRefusedException.Unreadable, 1, ":62F:")]
    [InlineData("C10,00N", "C10,005N", StatementRefusedException.Unreadable, 5, "decimals")]
    [InlineData("C10,00N", "C10000N", StatementRefusedException.BalanceWrong, 8, "10096.50")]
    [InlineData("C10,00N", "C10.0N", StatementRefusedException.Unreadable, 5, "comma")]
    [InlineData("C10,00N", "C1.000N", StatementRefusedException.Unreadable, 5, "comma")]
    [InlineData(":25:DE42100100100043921105\n", "", StatementRefusedException.Unreadable, 1, ":25:")]
    [InlineData(":20:ST1\n", "", StatementRefusedException.Unreadable, 1, ":20:")]
    [InlineData(":20:ST1", "{1:F01X}{4:\n:20:ST1", StatementRefusedException.Unreadable, 1, "cut off")]
    public void An_mt940_is_refused(string right, string wrong, string code, int line, string reason) => ShouldBeRefused(Mt, right, wrong, code, line, reason);

    [Theory]
    [InlineData("110.00", "110.01", StatementRefusedException.BalanceWrong, 4, "110.00")]
    [InlineData("<Sum>10.00", "<Sum>10.01", StatementRefusedException.TotalsWrong, 5, "10.01")]
    [InlineData("<NbOfNtries>1", "<NbOfNtries>2", StatementRefusedException.TotalsWrong, 5, "number of credits")]
    [InlineData("6.00", "6.01", StatementRefusedException.TotalsWrong, 6, "transactions")]
    [InlineData("<Ntry><Amt Ccy=\"EUR\"", "<Ntry><Amt Ccy=\"USD\"", StatementRefusedException.CurrencyWrong, 6, "USD")]
    [InlineData("<Ntry><Amt Ccy=\"EUR\"", "<Ntry><Amt Ccy=\"XXX\"", StatementRefusedException.CurrencyWrong, 6, "XXX")]
    [InlineData("<BookgDt><Dt>2025-01-02", "<BookgDt><Dt>2025-02-30", StatementRefusedException.Unreadable, 6, "2025-02-30")]
    [InlineData("</Stmt></BkToCstmrStmt></Document>", "", StatementRefusedException.Unreadable, 8, "not closed")]
    [InlineData("</BkToCstmrStmt></Document>", "</BkToCstmrStmt>", StatementRefusedException.Unreadable, 8, "")]
    [InlineData("<Document", "<!DOCTYPE Document [<!ENTITY a \"b\">]><Document", StatementRefusedException.Unreadable, 1, "DTD")]
    [InlineData("camt.053.001", "pain.001.001", StatementRefusedException.UnknownFormat, 1, "namespace")]
    [InlineData("<IBAN>DE42100100100043921105</IBAN>", "", StatementRefusedException.Unreadable, 2, "IBAN")]
    public void A_camt_is_refused(string right, string wrong, string code, int line, string reason) => ShouldBeRefused(Camt, right, wrong, code, line, reason);

    [Theory]
    [InlineData("015,11000", "015,11001", StatementRefusedException.TotalsWrong, 5, "22001")]
    [InlineData("49,22000", "49,22001", StatementRefusedException.TotalsWrong, 5, "22001")]
    [InlineData("49,22000,3", "49,22000,4", StatementRefusedException.TotalsWrong, 5, "number of records")]
    [InlineData("98,22000,1", "98,22000,2", StatementRefusedException.TotalsWrong, 6, "number inside")]
    [InlineData("99,22000,1,7/\n", "", StatementRefusedException.Unreadable, 6, "cut off")]
    [InlineData("16,165", "16,890", StatementRefusedException.Unreadable, 4, "neither a credit nor a debit")]
    [InlineData("1,250102,,EUR", "1,250230,,EUR", StatementRefusedException.Unreadable, 2, "250230")]
    [InlineData("16,165,1000,Z", "16,165,10.00,Z", StatementRefusedException.Unreadable, 4, "10.00")]
    public void A_bai2_is_refused(string right, string wrong, string code, int line, string reason) => ShouldBeRefused(Bai, right, wrong, code, line, reason);

    [Fact]
    public void A_bai2_whose_totals_agree_and_balances_do_not_is_refused()
    {
        var file = Bai.Replace("015,11000", "015,11001", StringComparison.Ordinal).Replace(",22000,", ",22001,", StringComparison.Ordinal);
        ReadStatement.Refused(file).Code.ShouldBe(StatementRefusedException.BalanceWrong);
    }

    [Theory]
    [InlineData("")]
    [InlineData("date;amount\n2025-01-01;10,00\n")]
    [InlineData("<html><body/></html>")]
    [InlineData("%PDF-1.4")]
    public void What_is_no_statement_is_refused(string file) => ReadStatement.Refused(file).Code.ShouldBe(StatementRefusedException.UnknownFormat);

    [Fact]
    public void Elements_nested_too_deep_are_refused_and_not_followed()
    {
        var deep = string.Concat(Enumerable.Repeat("<a>", 100_000));
        ReadStatement.Refused(Camt.Replace("<Id>S</Id>", deep, StringComparison.Ordinal)).Reason.ShouldContain("nested deeper");
        ReadStatement.Refused(Camt.Replace("<Acct>", "<Acct>" + deep, StringComparison.Ordinal)).Reason.ShouldContain("nested deeper");
    }

    [Fact]
    public void An_entry_of_more_transactions_than_can_be_kept_with_it_is_refused()
    {
        var many = string.Concat(Enumerable.Repeat("<TxDtls/>", 50_000));
        ReadStatement.All(Camt.Replace("<NtryDtls>", $"<NtryDtls>{many[..^18]}", StringComparison.Ordinal))[0].Entries[0].Details.Count.ShouldBe(50_000);
        ReadStatement.Refused(Camt.Replace("<NtryDtls>", $"<NtryDtls>{many[..^9]}", StringComparison.Ordinal)).Reason.ShouldContain("more than 50000");
    }

    [Fact]
    public void A_line_without_end_is_refused() => ReadStatement.Refused(Mt + new string('x', 100_000)).Reason.ShouldContain("longer than");

    [Fact]
    public void Whatever_is_cut_off_or_changed_is_refused_or_read_but_never_fails_otherwise()
    {
        var random = new Random(7);
        foreach (var file in new[] { Mt, Camt, Bai }.Select(Encoding.UTF8.GetBytes))
        {
            for (var i = 0; i < 400; i++)
            {
                var bytes = file.AsSpan(0, i % 2 == 0 ? random.Next(file.Length) : file.Length).ToArray();
                for (var change = i % 3; change > 0 && bytes.Length > 0; change--)
                {
                    bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                }

                try
                {
                    ReadStatement.All(bytes);
                }
                catch (StatementRefusedException refused)
                {
                    refused.Reason.ShouldNotBeNullOrEmpty();
                }
            }
        }
    }

    [Theory]
    [InlineData("106,50", null)]
    [InlineData("107,00", "opens with 107.00 EUR, the page before it closed with 106.50 EUR")]
    public void A_page_opens_with_what_the_page_before_it_closed_with(string carried, string? wrong)
    {
        var last = Mt.Replace("1/1", "1/2", StringComparison.Ordinal).Replace("60F:C250101EUR100,00", $"60M:C250101EUR{carried}", StringComparison.Ordinal)
            .Replace("62F:C250102EUR106,50", $"62F:C250102EUR{(wrong is null ? "113,00" : "113,50")}", StringComparison.Ordinal);
        var pages = Mt.Replace(":62F:", ":62M:", StringComparison.Ordinal) + last;
        if (wrong is null)
        {
            ReadStatement.All(pages).Count.ShouldBe(2);
            ReadStatement.All(Mt + last.Replace("106,50", "107,00", StringComparison.Ordinal).Replace("113,00", "113,50", StringComparison.Ordinal)).Count.ShouldBe(2);
            StatementReader.Read(new MemoryStream(Encoding.UTF8.GetBytes(last)), Banking.Statements.Csv.CsvKnowledge.None)
                .OfType<StatementClosed>().ToList().ShouldHaveSingleItem().Warnings.ShouldBe(["the page continues one that is not in this file"]);
            return;
        }

        var refused = ReadStatement.Refused(pages);
        (refused.Code, refused.Place.Line).ShouldBe((StatementRefusedException.BalanceWrong, 13));
        refused.Reason.ShouldContain(wrong);
    }

    private static void ShouldBeRefused(string file, string right, string wrong, string code, int line, string reason)
    {
        file.ShouldContain(right);
        var refused = ReadStatement.Refused(file.Replace(right, wrong, StringComparison.Ordinal));
        (refused.Code, refused.Place.Line).ShouldBe((code, line), refused.Message);
        refused.Reason.ShouldContain(reason);
    }
}
