using System.Text;
using ArCredit.Banking.DirectDebits;
using ArCredit.Banking.MoneyOut;
using ArCredit.Kernel;
using Shouldly;
using Xunit;

namespace ArCredit.Banking.Tests.DirectDebits;

/// <summary>What a mandate says on a day, and what a file tells of it.</summary>
public sealed class AmendedMandateTests
{
    private const string Signed = "DE51508800500190038900", SameBank = "DE76508800500194780101", OtherBank = "DE42100100100043921105";

    private static readonly DateOnly First = new(2026, 2, 1);

    private static readonly Mandate Mandate = new()
    {
        MandateId = "M-1", Iban = Signed, Bic = "DRESDEFF", Holder = "Çiçək Əliyeva", CreditorId = "DE98ZZZ09999999999", SignedOn = new DateOnly(2025, 6, 1),
    };

    [Fact]
    public void Only_what_is_confirmed_counts_and_from_its_day_on()
    {
        MandateAmendment[] all = [Amendment(1, First, iban: SameBank), Amendment(2, First, iban: OtherBank, status: "pending"), Amendment(3, First, iban: OtherBank, status: "withdrawn")];
        AmendedMandate.On(First.AddDays(-1), Mandate, all).ShouldSatisfyAllConditions(before => before.Mandate.ShouldBe(Mandate), before => before.Originals.ShouldBeNull());
        var now = AmendedMandate.On(First, Mandate, all);
        (now.Mandate.Iban, now.Mandate.Bic, now.Mandate.ToldAs).ShouldBe((SameBank, null, "M-1"));
        now.Originals.ShouldBe(new Originals(null, null, null, Signed));
        now.Untold.Select(amendment => amendment.AmendmentId).ShouldBe(["A-1"]);
        now.UsableFrom.ShouldBe(First.AddDays(1));
    }

    [Fact]
    public void What_was_accepted_is_told_no_more_and_what_came_later_is()
    {
        var first = Amendment(1, First, iban: SameBank, reference: "M-1A", accepted: 1);
        AmendedMandate.On(First, Mandate, [first]).ShouldSatisfyAllConditions(
            amended => amended.Originals.ShouldBeNull(), amended => amended.Mandate.ToldAs.ShouldBe("M-1A"), amended => amended.UsableFrom.ShouldBeNull());
        var later = AmendedMandate.On(First.AddDays(9), Mandate, [first, Amendment(2, First.AddDays(9), iban: OtherBank, bic: "PBNKDEFF")]);
        (later.Mandate.Iban, later.Mandate.Bic, later.Mandate.ToldAs).ShouldBe((OtherBank, "PBNKDEFF", "M-1A"));
        later.Originals.ShouldBe(new Originals(null, null, null, Originals.OtherBank));
    }

    [Fact]
    public void Of_several_changes_the_first_is_told_and_there_and_back_is_none()
    {
        MandateAmendment[] twice = [Amendment(2, First.AddDays(5), iban: SameBank, reference: "M-3"), Amendment(1, First, iban: OtherBank, reference: "M-2", creditor: "DE48ZZZ08888888888", former: "Old Name")];
        AmendedMandate.On(First.AddDays(5), Mandate, twice).Originals.ShouldBe(new Originals("M-1", "DE98ZZZ09999999999", "Old Name", Signed));
        var back = AmendedMandate.On(First.AddDays(5), Mandate, [Amendment(1, First, iban: OtherBank), Amendment(2, First.AddDays(5), iban: Signed)]);
        (back.Originals, back.Mandate.Iban, back.Untold.Count).ShouldBe((null, Signed, 0));
    }

    [Theory]
    [InlineData(Signed, SameBank, true)]
    [InlineData(Signed, OtherBank, false)]
    [InlineData("IT60X0542811101000000123456", "IT71Y0542811101000000123457", true)]
    [InlineData("IT60X0542811101000000123456", "IT60X0542711101000000123456", false)]
    [InlineData("FR1420041010050500013M02606", "MC5811222000010123456789030", false)]
    [InlineData("XX00123456789", "XX00123456789", false)]
    public void A_bank_is_told_by_its_place_in_the_iban(string one, string other, bool isSame) => IbanBank.IsSame(one, other).ShouldBe(isSame);

    [Fact]
    public void An_amendment_stands_in_the_file_in_the_order_of_the_schema()
    {
        Told(new Originals("M-1", "DE98ZZZ09999999999", "Müller & Söhne", Originals.OtherBank), Mandate with { Reference = "M-1A" }).ShouldBe(
            """
            <DrctDbtTx>
              <MndtRltdInf>
                <MndtId>M-1A</MndtId>
                <DtOfSgntr>2025-06-01</DtOfSgntr>
                <AmdmntInd>true</AmdmntInd>
                <AmdmntInfDtls>
                  <OrgnlMndtId>M-1</OrgnlMndtId>
                  <OrgnlCdtrSchmeId>
                    <Nm>Mueller + Soehne</Nm>
                    <Id>
                      <PrvtId>
                        <Othr>
                          <Id>DE98ZZZ09999999999</Id>
                          <SchmeNm>
                            <Prtry>SEPA</Prtry>
                          </SchmeNm>
                        </Othr>
                      </PrvtId>
                    </Id>
                  </OrgnlCdtrSchmeId>
                  <OrgnlDbtrAcct>
                    <Id>
                      <Othr>
                        <Id>SMNDA</Id>
                      </Othr>
                    </Id>
                  </OrgnlDbtrAcct>
                </AmdmntInfDtls>
              </MndtRltdInf>
            </DrctDbtTx>
            """.ReplaceLineEndings("\n"));
    }

    [Fact]
    public void An_account_at_the_same_bank_is_told_by_its_iban_and_a_name_alone()
    {
        Told(new Originals(null, null, "Old & Co", Signed), Mandate).ShouldBe(
            """
            <DrctDbtTx>
              <MndtRltdInf>
                <MndtId>M-1</MndtId>
                <DtOfSgntr>2025-06-01</DtOfSgntr>
                <AmdmntInd>true</AmdmntInd>
                <AmdmntInfDtls>
                  <OrgnlCdtrSchmeId>
                    <Nm>Old + Co</Nm>
                  </OrgnlCdtrSchmeId>
                  <OrgnlDbtrAcct>
                    <Id>
                      <IBAN>DE51508800500190038900</IBAN>
                    </Id>
                  </OrgnlDbtrAcct>
                </AmdmntInfDtls>
              </MndtRltdInf>
            </DrctDbtTx>
            """.ReplaceLineEndings("\n"));
    }

    private static MandateAmendment Amendment(
        long number, DateOnly day, string? iban = null, string? bic = null, string? reference = null, string? creditor = null, string? former = null, string status = "confirmed", long accepted = 0) => new()
        {
            AmendmentId = $"A-{number}",
            Number = number,
            Iban = iban,
            Bic = bic,
            Reference = reference,
            CreditorId = creditor,
            FormerCreditorName = former,
            EffectiveOn = day,
            UsableFrom = day.AddDays(1),
            Status = status,
            Accepted = accepted,
        };

    private static string Told(Originals originals, Mandate mandate)
    {
        var file = new PaymentFile { MessageId = "ARC1", Currency = "EUR", Holder = "Now", Iban = OtherBank, CreatedAt = new DateTimeOffset(2026, 1, 15, 8, 0, 0, TimeSpan.Zero) };
        var collection = new Collection
        {
            CollectionId = "DD1-1", Currency = "EUR", Amount = 100, Block = 1, Items = CollectionItem.Write([new CollectionItem(DocumentNumber.Parse("RE-1"), 1, 1)]),
        };
        var lines = Encoding.UTF8.GetString(DirectDebitFile.Write(
            file, "DE98ZZZ09999999999", [new CollectionBlock { MessageId = "ARC1", Block = 1, Scheme = "core", Sequence = "RCUR", CollectOn = First }],
            [new DebitLine(collection, mandate, originals)])).Split('\n').ToList();
        var begin = lines.FindIndex(line => line.Trim() == "<DrctDbtTx>");
        var margin = lines[begin].Length - lines[begin].TrimStart().Length;
        return string.Join('\n', lines[begin..(lines.FindIndex(line => line.Trim() == "</DrctDbtTx>") + 1)].Select(line => line[margin..]));
    }
}
