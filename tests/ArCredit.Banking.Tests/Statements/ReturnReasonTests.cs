using ArCredit.Banking.Posting;
using ArCredit.Banking.Statements;
using ArCredit.Kernel;
using Shouldly;
using Xunit;

namespace ArCredit.Banking.Tests.Statements;

/// <summary>Why a payment came back, as MT940 and MT942 say it; what people write into their texts is no reason.</summary>
public sealed class ReturnReasonTests
{
    [Theory]
    [InlineData("109?00LASTSCHRIFT RETOURE?20EREF+E-1?21MREF+M-1?22SVWZ+Beitrag Mai?30PBNKDEFF?31DE51508800500190038900?32Muster?34912", "MD06")]
    [InlineData("108?00SEPA B2B RUECKBELASTUNG?20EREF+E-1?34909", "MD01")]
    [InlineData("109?00RETOURE?20EREF+E-1?34902000", "AC04")]
    [InlineData("109?00RETOURE?20EREF+E-1?34914", "MS03")]
    [InlineData("109?00RETOURE?20EREF+E-1?34999", null)]
    [InlineData("109?00RETOURE?20EREF+E-1", null)]
    [InlineData("109?00RETOURE?20EREF+E-1?21SVWZ+Rueckgabegrund MD06 /RTRN/AC04/ ?34 912", null)]
    [InlineData("109?00RETOURE?20EREF+E-1?21SVWZ+Was ist?34912?30PBNKDEFF?32Muster", null)]
    [InlineData("109?00RETOURE?20EREF+E-1?21SVWZ+Was ist?34912?30PBNKDEFF?32Muster?34901?60Rest", "AC01")]
    [InlineData("/TRTP/SEPA Incasso/RTRN/MD06/EREF/E-1/REMI/Mei", "MD06")]
    [InlineData("/RTYP/SEPA Incasso niet uitgevoerd/MARF/M-1/RTRN/MS03/IBAN/DE51508800500190038900/NAME/Muster/REMI/AC04 /RTRN/ genoemd/EREF/E-1", "MS03")]
    [InlineData("/EREF/E-1/RETN/AC04/REMI/x", "AC04")]
    [InlineData("/EREF/E-1/RTR/FOCR//REMI/x", "FOCR")]
    [InlineData("/EREF/E-1/RTRN//REMI/AC04", null)]
    [InlineData("/EREF/E-1/RTRN/see letter/REMI/x", null)]
    [InlineData("/EREF/E-1/REMI/reason AC04 MD06", null)]
    [InlineData("/TRTP/SEPA Incasso/REMI/correctie /RTRN/AC04/ factuur 12/EREF/E-1", null)]
    [InlineData("/TRTP/SEPA Incasso/REMI/Mei/EREF/E-1/RTRN/MD06", "MD06")]
    public void Only_a_field_for_it_says_why(string purpose, string? reason)
    {
        var entry = Read("D103,50NRTI", purpose);
        (entry.Text.EndToEndId, entry.Text.ReturnReason).ShouldBe(("E-1", reason));
        PaymentIntake.CountOf(entry, Currency.Parse("EUR")).ShouldBe(1);
    }

    [Theory]
    [InlineData("D103,50NTRF", "/EREF/E-1/RTRN/MD06", 1)]
    [InlineData("D103,50NTRF", "/EREF/E-1/REMI/our payment, reason MD06", 0)]
    [InlineData("D103,50NTRF", "177?00UEBERWEISUNG?20EREF+E-1?34912", 0)]
    [InlineData("D103,50NTRF", "020~00PRZELEW~20Faktura 7~34912", 0)]
    [InlineData("D103,50NTRF", "109~00PRZELEW~20Faktura 7~34912", 1)]
    public void What_has_a_reason_came_back_to_us_or_from_a_customer(string booking, string purpose, int payments) =>
        PaymentIntake.CountOf(Read(booking, purpose), Currency.Parse("EUR")).ShouldBe(payments);

    [Theory]
    [InlineData("C103,50NTRF", "159?00RETOURE?20EREF+E-1?34901", true)]
    [InlineData("C103,50NTRF", "/EREF/E-1/RTRN/AC04", true)]
    [InlineData("C103,50NRTI", "Returned item", true)]
    [InlineData("C103,50NTRF", "166?00GUTSCHRIFT?20EREF+E-1?21SVWZ+Rechnung 7?34912", false)]
    [InlineData("C103,50NTRF", "/EREF/E-1/REMI/AC04 is my order number", false)]
    [InlineData("C103,50NTRF", "/TRTP/SEPA OVERBOEKING/NAME/Jansen/REMI/correctie /RTRN/AC04/ factuur 12", false)]
    [InlineData("C103,50NTRF", "/TRTP/SEPA OVERBOEKING/NAME/Jansen/REMI/correctie /RETN/AC04/RTR/AC04", false)]
    [InlineData("D103,50NTRF", "/EREF/E-1/RTRN/MD06", false)]
    public void What_comes_in_and_had_gone_out_is_our_own(string booking, string purpose, bool comesBack)
    {
        var entry = Read(booking, purpose);
        PaymentIntake.ComesBack(entry.Amount, entry.IsReversal, entry.Code, entry.Text.ReturnReason).ShouldBe(comesBack);
        PaymentIntake.CountOf(entry, Currency.Parse("EUR")).ShouldBe(1);
    }

    [Fact]
    public void A_polish_bank_keeps_its_own_codes_in_that_field() => Read("D103,50NTRF", "109~00PRZELEW~20Faktura 7~34912").Text.ReturnReason.ShouldBeNull();

    [Fact]
    public void An_interim_report_says_it_as_well()
    {
        var read = ReadStatement.All(
            ":20:A1\n:25:DE42100100100043921105\n:28C:1\n:34F:EUR0,\n:13D:2511031200+0100\n:61:2511031103D103,50NRTINONREF\n:86:109?00RETOURE?20EREF+E-1?34903\n:90D:1EUR103,50\n-\n")[0];
        (read.Head.Format, read.Entries[0].Text.ReturnReason).ShouldBe((StatementFormat.Mt942, "AC06"));
    }

    private static BankEntry Read(string booking, string purpose) => ReadStatement.All(
        $":20:A1\n:25:DE42100100100043921105\n:28C:1\n:60F:C251103EUR500,00\n:61:2511031103{booking}NONREF\n:86:{purpose}\n:62F:C251103EUR{(booking[0] == 'C' ? "603,50" : "396,50")}\n-\n")[0].Entries[0];
}
