using ArCredit.Banking.Posting;
using ArCredit.Banking.Statements;
using ArCredit.Kernel;
using Shouldly;
using Xunit;

namespace ArCredit.Banking.Tests.Statements;

/// <summary>What banks write beside the letter of their formats, in statements of our own that show it. Each adds up.</summary>
public sealed class BankHabitTests
{
    [Theory]
    [InlineData("C100,00", "C250", "D70,5", "C279,50")]
    [InlineData("C100.00", "C250.00", "D70.50", "C279.50")]
    [InlineData("C100", "C0250,00", "D000070.50", "C279,5")]
    public void An_amount_may_have_a_point_or_no_decimals_where_balances_hold_it(string opening, string credit, string debit, string closing)
    {
        string Balance(string text) => $"{text[0]}251103EUR{text[1..]}";
        var read = ReadStatement.All(
            $":20:A1\n:25:NL20INGB0001234567\n:28C:1\n:60F:{Balance(opening)}\n:61:2511031103{credit}NTRFNONREF//B1\n:61:2511031103{debit}NTRFNONREF\n:62F:{Balance(closing)}\n-\n").ShouldHaveSingleItem();
        read.Entries.Select(entry => entry.Amount).ShouldBe([25000, -7050]);
        (read.Head.Opening!.Amount, read.End.Closing!.Amount).ShouldBe((10000, 27950));
    }

    [Fact]
    public void Without_balances_an_amount_needs_its_comma()
    {
        const string Interim = ":20:A1\n:25:NL20INGB0001234567\n:28C:1\n:34F:EUR0,\n:13D:2511031200+0100\n:61:2511031103C250,NTRFNONREF\n:90C:1EUR250,\n-\n";
        ReadStatement.All(Interim)[0].Entries[0].Amount.ShouldBe(25000);
        var refused = ReadStatement.Refused(Interim.Replace("C250,", "C250", StringComparison.Ordinal));
        (refused.Code, refused.Place.Line).ShouldBe((StatementRefusedException.Unreadable, 6));
        ReadStatement.Refused(Interim.Replace("EUR250,", "EUR250", StringComparison.Ordinal)).Place.Line.ShouldBe(7);
    }

    [Theory]
    [InlineData("CN250,00//77120034", null, null, "77120034")]
    [InlineData("C250,00NONREF", null, null, null)]
    [InlineData("C250,00NONREF//77120034", null, null, "77120034")]
    [InlineData("C250,00NTRFEREF//77120034", "NTRF", null, "77120034")]
    [InlineData("C250,00NGT PREF", "NGT", null, null)]
    [InlineData("C250,00NTRFEREFERENCE", "NTRF", "EREFERENCE", null)]
    [InlineData("C250,00NTRFNONREF//NONREF", "NTRF", null, null)]
    [InlineData("C250,00NTRFEREF//EREF+", "NTRF", null, null)]
    [InlineData("C250,00NTRFNOTPROVIDED//NOTPROVIDED", "NTRF", null, null)]
    public void A_booking_may_lack_its_type_and_say_where_the_reference_is(string booking, string? code, string? reference, string? ofBank)
    {
        var entry = ReadStatement.All($":20:A1\n:25:1014365930\n:28C:/1\n:60F:C251103NGN100,00\n:61:2511031103{booking}\n:86:Transfer\n:62F:C251103NGN350,00\n")[0].Entries.ShouldHaveSingleItem();
        (entry.Amount, entry.Code, entry.Text.EndToEndId, entry.BankReference).ShouldBe((25000, code, reference, ofBank));
        PaymentIntake.CountOf(entry, Currency.Parse("NGN")).ShouldBe(1);
    }

    [Fact]
    public void That_there_is_no_reference_is_none_in_other_formats()
    {
        string Detail(string amount, string reference) => $"<TxDtls><Refs><AcctSvcrRef>{reference}</AcctSvcrRef><EndToEndId>{reference}</EndToEndId></Refs><Amt Ccy=\"EUR\">{amount}</Amt></TxDtls>";
        var camt = ReadStatement.All(Camt(string.Empty, Entry("250.00", "CRDT", Detail("200.00", "NONREF") + Detail("50.00", "NOTPROVIDED"))
            .Replace("<NtryDtls>", "<AcctSvcrRef>NONREF</AcctSvcrRef><NtryDtls>", StringComparison.Ordinal)))[0].Entries.ShouldHaveSingleItem();
        camt.BankReference.ShouldBeNull();
        camt.Details.Select(detail => (detail.BankReference, detail.Text.EndToEndId)).ShouldBe([(null, null), (null, null)]);
        var bai = ReadStatement.All(
            "01,BANK,ME,251103,1200,1,,,2/\n02,ME,BANK,1,251103,,EUR,2/\n03,12345,EUR,010,10000,,,015,11000,,/\n16,165,1000,Z,NONREF,NOTPROVIDED,Invoice 7/\n"
            + "49,22000,3/\n98,22000,1,5/\n99,22000,1,7/\n").ShouldHaveSingleItem().Entries.ShouldHaveSingleItem();
        (bai.BankReference, bai.Text.EndToEndId).ShouldBe((null, null));
    }

    [Fact]
    public void A_reference_that_is_an_account_is_who_paid()
    {
        var text = ReadStatement.All(
            ":20:A1\n:25:NL20INGB0001234567\n:28C:1\n:60F:C251103EUR100,00\n:61:2511031103C250,00NOVBDE51508800500190038900\nJansen\n:62F:C251103EUR350,00\n")[0].Entries[0].Text;
        (text.EndToEndId, text.PartyAccount, text.Remittance).ShouldBe((null, "DE51508800500190038900", "Jansen"));
    }

    [Fact]
    public void A_dash_in_a_text_ends_no_message_and_one_before_the_next_message_does()
    {
        const string First = ":20:A1\n:25:NL20INGB0001234567\n:28C:1\n:60F:C251103EUR100,00\n:61:2511031103C250,00NTRFNONREF\n:86:Invoice 7\n-\nand 8\n-\n-\n:62F:C251103EUR350,00\n-\n";
        const string Dashed = ":20:A1\n:25:NL20INGB0001234567\n:28C:1\n:60F:C251103EUR100,00\n:61:2511031103C250,00NTRFNONREF\n:86:Invoice 7 -\n-\n-\n:62F:C251103EUR350,00\n-\n";
        const string Second = "{1:F01INGBNL2AXXXX}{4:\n:20:A2\n:25:NL20INGB0001234567\n:28C:2\n:60F:C251103EUR350,00\n:62F:C251104EUR350,00\n-}\n";
        var read = ReadStatement.All(Dashed + Second);
        read.Select(statement => statement.Head.Id).ShouldBe(["A1", "A2"]);
        read[0].Entries.ShouldHaveSingleItem().Text.Remittance.ShouldBe("Invoice 7 - - -");

        // Words behind a dash begin no field: what is left of the message has no closing balance.
        ReadStatement.Refused(First).Reason.ShouldContain(":62F:");
        ReadStatement.Refused(Dashed + Second.Replace("-}\n", string.Empty, StringComparison.Ordinal)).Reason.ShouldContain("cut off");
    }

    [Fact]
    public void An_entry_may_have_several_texts()
    {
        var text = ReadStatement.All(
            ":20:A1\n:25:NL20INGB0001234567EUR\n:28C:1\n:60F:C251103EUR100,00\n:61:2511031103C250,00NTRFEREF//X\n:86:/EREF/E2E-7/\n:86:/ORDP//NAME/Acme BV/\n:86:/REMI/USTD//INVOICE 7/\n:62F:C251103EUR350,00\n:86:of the statement\n")[0].Entries[0].Text;
        (text.EndToEndId, text.Party, text.Remittance).ShouldBe(("E2E-7", "Acme BV", "INVOICE 7"));
    }

    [Theory]
    [InlineData("<BBAN>0300000250090342</BBAN>", "0300000250090342")]
    [InlineData("<PrtryAcct><Id>77-12345-6</Id></PrtryAcct>", "77-12345-6")]
    [InlineData("<UPIC>1234567890123</UPIC>", "1234567890123")]
    [InlineData("<PrtryAcct><Id>DE42100100100043921105</Id></PrtryAcct>", "DE42100100100043921105")]
    public void The_first_camt_names_accounts_otherwise(string id, string number)
    {
        var account = ReadStatement.All(Camt(string.Empty, Entry("250.00", "CRDT", string.Empty), id)).ShouldHaveSingleItem().Head.Account;
        (account.Iban ?? account.Number).ShouldBe(number);
    }

    [Fact]
    public void A_sum_of_debits_may_have_a_sign_and_no_other()
    {
        string With(string credits, string debits) => Camt(
            $"<TxsSummry><TtlCdtNtries><NbOfNtries>1</NbOfNtries><Sum>{credits}</Sum></TtlCdtNtries><TtlDbtNtries><NbOfNtries>1</NbOfNtries><Sum>{debits}</Sum></TtlDbtNtries></TxsSummry>",
            Entry("250.00", "CRDT", string.Empty) + Entry("70.50", "DBIT", string.Empty));
        ReadStatement.All(With("250.00", "-70.50"))[0].Entries.Count.ShouldBe(2);
        ReadStatement.Refused(With("250.00", "-70.51")).Code.ShouldBe(StatementRefusedException.TotalsWrong);
        ReadStatement.Refused(With("-250.00", "70.50")).Code.ShouldBe(StatementRefusedException.Unreadable);
    }

    [Theory]
    [InlineData("250.00", "CRDT", true)]
    [InlineData("250.00", "DBIT", false)]
    [InlineData("249.99", "CRDT", false)]
    public void An_entry_may_be_the_net_of_both_directions(string amount, string direction, bool isRead)
    {
        string Detail(string one, string its) => $"<TxDtls><Amt Ccy=\"EUR\">{one}</Amt><CdtDbtInd>{its}</CdtDbtInd></TxDtls>";
        var file = Camt(string.Empty, Entry(amount, direction, Detail("300.00", "CRDT") + Detail("80.00", "DBIT") + Detail("30.00", "CRDT")));
        if (!isRead)
        {
            ReadStatement.Refused(file).Code.ShouldBe(StatementRefusedException.TotalsWrong);
            return;
        }

        var entry = ReadStatement.All(file)[0].Entries.ShouldHaveSingleItem();
        entry.Details.Select(detail => detail.Amount).ShouldBe([30000, -8000, 3000]);

        // Whose the net is only a person knows.
        PaymentIntake.CountOf(entry, Currency.Parse("EUR")).ShouldBe(1);
    }

    [Fact]
    public void A_comma_too_many_before_a_continuation_shifts_no_field()
    {
        var read = ReadStatement.All(
            "01,BANK,ME,251103,1200,1,,,2/\n02,ME,BANK,1,251103,,EUR,2/\n03,12345,EUR,010,10000,,,015,11000,,,/\n88,040,10000,,,045,10900,,,/\n16,165,1000,Z,REF,,Invoice 7/\n"
            + "49,42900,4/\n98,42900,1,6/\n99,42900,1,8/\n").ShouldHaveSingleItem();
        (read.Head.Opening!.Amount, read.End.Closing!.Amount, read.End.Available!.Amount).ShouldBe((10000, 11000, 10900));
    }

    private static string Entry(string amount, string direction, string details) =>
        $"<Ntry><Amt Ccy=\"EUR\">{amount}</Amt><CdtDbtInd>{direction}</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2025-11-03</Dt></BookgDt><NtryDtls>{details}</NtryDtls></Ntry>";

    private static string Camt(string summary, string entries, string id = "<IBAN>DE42100100100043921105</IBAN>") =>
        $"<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.052.001.01\"><BkToCstmrAcctRptV01><GrpHdr><MsgId>1</MsgId></GrpHdr><Rpt><Id>R</Id><Acct><Id>{id}</Id><Ccy>EUR</Ccy></Acct>{summary}{entries}</Rpt></BkToCstmrAcctRptV01></Document>";
}
