using ArCredit.Banking.Statements;
using Shouldly;
using Xunit;

namespace ArCredit.Banking.Tests.Statements;

/// <summary>Files of real banks and of other people's test suites: read, or refused for what is wrong with them.</summary>
public sealed class SharedStatementTests
{
    [OnSharedStatements]
    public void Every_file_is_read_or_refused_with_line_and_reason()
    {
        var outcomes = SharedStatements.Names.ToDictionary(name => name, Outcome);
        outcomes.ShouldBe(new Dictionary<string, string>
        {
            ["abnamro.sta"] = "STATEMENT_BALANCE_WRONG line 27",
            ["broken.bai"] = "STATEMENT_UNREADABLE line 1",
            ["camt053.v2.minimal.xml"] = "STATEMENT_CURRENCY_WRONG line 60",
            ["camt053.v2.multi.statement.xml"] = "2 statements, 2 entries",
            ["camt053.v2.wrong.xml"] = "STATEMENT_UNREADABLE line 2",
            ["camt053.v8.xml"] = "STATEMENT_CURRENCY_WRONG line 80",
            ["camt054.v4.xml"] = "1 statements, 1 entries",
            ["february_30.sta"] = "1 statements, 1 entries",
            ["ing.sta"] = "STATEMENT_BALANCE_WRONG line 26",
            ["mbank.sta"] = "1 statements, 3 entries",
            ["sample1.bai"] = "2 statements, 17 entries",
            ["sepa_mt9401.sta"] = "26 statements, 97 entries",
            ["sparkassen.sta"] = "STATEMENT_UNREADABLE line 1",
        });
    }

    [OnSharedStatements]
    public void German_sub_fields_are_told_apart()
    {
        var read = ReadStatement.All(SharedStatements.Bytes("sepa_mt9401.sta"));
        var first = read[0];
        first.Head.Account.ShouldBe(new OwnAccount(null, "0194774600888", "50880050"));
        (first.Head.Opening!.Amount, first.End.Closing!.Amount, first.End.Available!.Amount).ShouldBe((-123471836, -123762823, -123762823));
        first.Entries[0].Text.ShouldBe(new PaymentText("TFNR 40005 00005", null, null, "Grund nicht spezifiziert Reject aus SEPA-Ueberweisungsauftrag", null) { ReturnReason = "MS03" });
        (first.Entries[5].Amount, first.Entries[5].IsReversal, first.Entries[5].IsCredit).ShouldBe((-20488, true, false));
        var incoming = read[1].Entries[0];
        (incoming.Code, incoming.BankReference, incoming.Text.EndToEndId).ShouldBe(("NTRF/166", "0724710290621954", "EndToEndIdTFNR2000400001"));
        (incoming.Text.PartyAccount, incoming.Text.Party).ShouldBe(("DE42100100100043921105", "Richter Renate 70 Zeichen Beginn Fuellzeichen xxxxxxxx"));
        incoming.Text.Remittance.ShouldStartWith("TO 13 TFNr 20004 Eingangskanal Mint ....");
    }

    [OnSharedStatements]
    public void Labels_of_a_polish_bank_are_told_apart()
    {
        var read = ReadStatement.All(SharedStatements.Bytes("mbank.sta")).ShouldHaveSingleItem();
        read.Head.Account.Iban.ShouldBe("PL29114010810000267002001002");
        read.Entries.Select(entry => entry.BankReference).ShouldBe(["MB170119012058", "MB170119012085", "MB170119012121"]);
        read.Entries[2].Text.ShouldBe(new PaymentText(
            null, "JAN NOWAK UL. NIJAKA 1 M 2 31-234 KRAKOW", "PL56114010810000267002001001", "PRZELEW SRODKOW", null));
    }

    [OnSharedStatements]
    public void Dutch_files_are_read_once_their_closing_balance_is_right()
    {
        var abn = SharedStatements.Text("abnamro.sta").Replace("EUR876,84", "EUR2914,84", StringComparison.Ordinal).Replace("EUR1849,75", "EUR2852,35", StringComparison.Ordinal);
        var read = ReadStatement.All(abn);
        read.Select(statement => statement.Head.Sequence).ShouldBe(["19321/1", "19322/1"]);
        read[0].Entries.Select(entry => entry.Amount).ShouldBe([-900, -1159, -1163, -1180, -1345, -1549, -10700, -14148]);
        read[0].Entries[0].BookedOn.ShouldBe(new DateOnly(2011, 5, 24));
        read[0].Entries[0].Text.Remittance.ShouldStartWith("GIRO 428428 KPN - DIGITENNE BETALINGSKENM. 000000042188659 5314606715");

        var ing = ReadStatement.All(SharedStatements.Text("ing.sta").Replace("C100723EUR3,47", "D100723EUR45,59", StringComparison.Ordinal)).ShouldHaveSingleItem();
        ing.Entries.Count.ShouldBe(7);
        (ing.Entries[1].Text.EndToEndId, ing.Entries[2].Text.EndToEndId).ShouldBe((null, "TMG TANGO"));
    }

    [OnSharedStatements]
    public void A_thirtieth_of_february_as_value_date_is_the_last_of_the_month()
    {
        var read = ReadStatement.All(SharedStatements.Bytes("february_30.sta")).ShouldHaveSingleItem();
        (read.Entries[0].ValueOn, read.Entries[0].BookedOn).ShouldBe((new DateOnly(2016, 2, 29), new DateOnly(2016, 3, 1)));
        read.End.Warnings.ShouldHaveSingleItem().ShouldContain("line 6");
    }

    [OnSharedStatements]
    public void Camt_texts_and_references_are_found()
    {
        var minimal = SharedStatements.Text("camt053.v2.minimal.xml");
        var whole = minimal.Replace("<Amt Ccy=\"SEK\">27.00</Amt>\n                <CdtDbtInd>DBIT", "<Amt Ccy=\"EUR\">27.00</Amt>\n                <CdtDbtInd>CRDT", StringComparison.Ordinal)
            .Replace("\"CHF\"", "\"EUR\"", StringComparison.Ordinal).Replace("\"JPY\"", "\"EUR\"", StringComparison.Ordinal);
        var read = ReadStatement.All(whole).ShouldHaveSingleItem();
        (read.Head.Opening!.Amount, read.End.Closing!.Amount, read.End.Available!.Amount).ShouldBe((1815, 2700, -270000));
        var entry = read.Entries.ShouldHaveSingleItem();
        entry.Text.ShouldBe(new PaymentText(null, "NAME NAME", "NL56AGDH9619008421", null, "4654654654654654"));
        (entry.Amount, entry.Code).ShouldBe((885, "544"));

        var notified = ReadStatement.All(SharedStatements.Bytes("camt054.v4.xml")).ShouldHaveSingleItem();
        (notified.Entries[0].Amount, notified.Entries[0].Details.Count, notified.Head.Currency!.Code).ShouldBe((-20000000, 3, "SEK"));
        notified.Entries[0].Details[2].Text.StructuredReference.ShouldBe("Ref number V3 block 1; Ref number V3 block 2");
    }

    [OnSharedStatements]
    public void Bai2_entries_have_sign_date_and_text()
    {
        var read = ReadStatement.All(SharedStatements.Bytes("sample1.bai"));
        read.Select(statement => statement.Entries.Sum(entry => entry.Amount)).ShouldBe([0, 0]);
        var first = read[0].Entries[0];
        (first.Amount, first.ValueOn, first.BookedOn, first.Text.Remittance).ShouldBe((-2500, new DateOnly(2006, 3, 16), new DateOnly(2006, 3, 17), "RETURNED CHEQUE"));
    }

    private static string Outcome(string name)
    {
        try
        {
            var read = ReadStatement.All(SharedStatements.Bytes(name));
            return $"{read.Count} statements, {read.Sum(statement => statement.Entries.Count)} entries";
        }
        catch (StatementRefusedException refused)
        {
            return $"{refused.Code} line {refused.Place.Line}";
        }
    }
}
