using System.Text;
using ArCredit.Banking.DirectDebits;
using ArCredit.Banking.MoneyOut;
using ArCredit.Kernel;
using Shouldly;
using Xunit;

namespace ArCredit.Banking.Tests.DirectDebits;

/// <summary>The bytes that go to the bank, and what they rest on.</summary>
public sealed class DirectDebitFileTests
{
    [Fact]
    public void The_same_collections_are_the_same_bytes()
    {
        var file = new PaymentFile
        {
            MessageId = "ARC20260115080000abcdef01",
            Currency = "EUR",
            Holder = "Müller & Söhne",
            Iban = "DE42100100100043921105",
            CreatedAt = new DateTimeOffset(2026, 1, 15, 8, 0, 0, TimeSpan.Zero),
        };
        CollectionBlock Block(long number, string scheme, string sequence) => new()
        {
            MessageId = file.MessageId, Block = number, Scheme = scheme, Sequence = sequence, CollectOn = new DateOnly(2026, 1, 20),
        };
        DebitLine Line(int number, long block, long amount, string? bic, params string[] invoices) => new(
            new Collection
            {
                CollectionId = $"DD20260101080000000abcdef01-{number}",
                Currency = "EUR",
                Amount = amount,
                Block = block,
                Items = CollectionItem.Write([.. invoices.Select(invoice => new CollectionItem(DocumentNumber.Parse(invoice), 1, 1))]),
            },
            new Mandate { MandateId = $"M-{number}", Holder = "Çiçək Əliyeva", Iban = "DE51508800500190038900", Bic = bic, SignedOn = new DateOnly(2025, 6, 1) });
        var written = DirectDebitFile.Write(
            file, "DE98ZZZ09999999999", [Block(1, "b2b", "OOFF"), Block(2, "core", "RCUR")], [Line(1, 2, 15_000, null, "RE_1", "RE_2", "RE_2"), Line(2, 1, 3_005, "PBNKDEFF", "RE 3")]);
        Encoding.UTF8.GetString(written).ShouldBe(Expected.ReplaceLineEndings("\n"));
    }

    [Theory]
    [InlineData("DE98ZZZ09999999999", true)]
    [InlineData("de98 zzz 0999 9999 999", true)]
    [InlineData("DE98ABC09999999999", true)]
    [InlineData("DE97ZZZ09999999999", false)]
    [InlineData("DE98ZZZ09999999998", false)]
    [InlineData("NL00", false)]
    [InlineData(null, false)]
    public void A_creditor_identifier_has_right_check_digits_whatever_its_business_code(string? text, bool isOne) => (CreditorId.From(text) is not null).ShouldBe(isOne);

    [Theory]
    [InlineData("2026-01-01", false)]
    [InlineData("2026-01-02", true)]
    [InlineData("2026-01-03", false)]
    [InlineData("2026-04-03", false)]
    [InlineData("2026-04-06", false)]
    [InlineData("2026-04-07", true)]
    [InlineData("2026-05-01", false)]
    [InlineData("2026-12-24", true)]
    [InlineData("2026-12-25", false)]
    [InlineData("2024-03-29", false)]
    [InlineData("2024-04-01", false)]
    [InlineData("2038-04-26", false)]
    public void Banks_settle_on_working_days(string day, bool isOne) => TargetDays.Is(DateOnly.Parse(day, System.Globalization.CultureInfo.InvariantCulture)).ShouldBe(isOne);

    [Fact]
    public void Settlement_days_are_counted_over_Easter() => TargetDays.After(new DateOnly(2026, 4, 2), 1).ShouldBe(new DateOnly(2026, 4, 7));

    [Theory]
    [InlineData("active", 0, "2028-06-01", "active")]
    [InlineData("active", 0, "2028-06-02", "lapsed")]
    [InlineData("active", 1, "2026-06-01", "used")]
    [InlineData("suspended", 1, "2026-06-01", "suspended")]
    [InlineData("cancelled", 0, "2030-06-02", "cancelled")]
    public void A_mandate_stands_by_its_day_and_use(string status, long uses, string day, string expected) =>
        new Mandate { SignedOn = new DateOnly(2025, 6, 1), Kind = "oneOff", Status = status, Uses = uses }
            .StandsOn(DateOnly.Parse(day, System.Globalization.CultureInfo.InvariantCulture)).ToString().ToLowerInvariant().ShouldBe(expected);

    private const string Expected =
        """
        <?xml version="1.0" encoding="utf-8"?>
        <Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.008.001.08">
          <CstmrDrctDbtInitn>
            <GrpHdr>
              <MsgId>ARC20260115080000abcdef01</MsgId>
              <CreDtTm>2026-01-15T08:00:00Z</CreDtTm>
              <NbOfTxs>2</NbOfTxs>
              <CtrlSum>180.05</CtrlSum>
              <InitgPty>
                <Nm>Mueller + Soehne</Nm>
              </InitgPty>
            </GrpHdr>
            <PmtInf>
              <PmtInfId>ARC20260115080000abcdef01-1</PmtInfId>
              <PmtMtd>DD</PmtMtd>
              <BtchBookg>true</BtchBookg>
              <NbOfTxs>1</NbOfTxs>
              <CtrlSum>30.05</CtrlSum>
              <PmtTpInf>
                <SvcLvl>
                  <Cd>SEPA</Cd>
                </SvcLvl>
                <LclInstrm>
                  <Cd>B2B</Cd>
                </LclInstrm>
                <SeqTp>OOFF</SeqTp>
              </PmtTpInf>
              <ReqdColltnDt>2026-01-20</ReqdColltnDt>
              <Cdtr>
                <Nm>Mueller + Soehne</Nm>
              </Cdtr>
              <CdtrAcct>
                <Id>
                  <IBAN>DE42100100100043921105</IBAN>
                </Id>
                <Ccy>EUR</Ccy>
              </CdtrAcct>
              <CdtrAgt>
                <FinInstnId>
                  <Othr>
                    <Id>NOTPROVIDED</Id>
                  </Othr>
                </FinInstnId>
              </CdtrAgt>
              <ChrgBr>SLEV</ChrgBr>
              <CdtrSchmeId>
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
              </CdtrSchmeId>
              <DrctDbtTxInf>
                <PmtId>
                  <InstrId>DD20260101080000000abcdef01-2</InstrId>
                  <EndToEndId>DD20260101080000000abcdef01-2</EndToEndId>
                </PmtId>
                <InstdAmt Ccy="EUR">30.05</InstdAmt>
                <DrctDbtTx>
                  <MndtRltdInf>
                    <MndtId>M-2</MndtId>
                    <DtOfSgntr>2025-06-01</DtOfSgntr>
                  </MndtRltdInf>
                </DrctDbtTx>
                <DbtrAgt>
                  <FinInstnId>
                    <BICFI>PBNKDEFF</BICFI>
                  </FinInstnId>
                </DbtrAgt>
                <Dbtr>
                  <Nm>Cicek Eliyeva</Nm>
                </Dbtr>
                <DbtrAcct>
                  <Id>
                    <IBAN>DE51508800500190038900</IBAN>
                  </Id>
                </DbtrAcct>
                <RmtInf>
                  <Ustrd>RE 3</Ustrd>
                </RmtInf>
              </DrctDbtTxInf>
            </PmtInf>
            <PmtInf>
              <PmtInfId>ARC20260115080000abcdef01-2</PmtInfId>
              <PmtMtd>DD</PmtMtd>
              <BtchBookg>true</BtchBookg>
              <NbOfTxs>1</NbOfTxs>
              <CtrlSum>150.00</CtrlSum>
              <PmtTpInf>
                <SvcLvl>
                  <Cd>SEPA</Cd>
                </SvcLvl>
                <LclInstrm>
                  <Cd>CORE</Cd>
                </LclInstrm>
                <SeqTp>RCUR</SeqTp>
              </PmtTpInf>
              <ReqdColltnDt>2026-01-20</ReqdColltnDt>
              <Cdtr>
                <Nm>Mueller + Soehne</Nm>
              </Cdtr>
              <CdtrAcct>
                <Id>
                  <IBAN>DE42100100100043921105</IBAN>
                </Id>
                <Ccy>EUR</Ccy>
              </CdtrAcct>
              <CdtrAgt>
                <FinInstnId>
                  <Othr>
                    <Id>NOTPROVIDED</Id>
                  </Othr>
                </FinInstnId>
              </CdtrAgt>
              <ChrgBr>SLEV</ChrgBr>
              <CdtrSchmeId>
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
              </CdtrSchmeId>
              <DrctDbtTxInf>
                <PmtId>
                  <InstrId>DD20260101080000000abcdef01-1</InstrId>
                  <EndToEndId>DD20260101080000000abcdef01-1</EndToEndId>
                </PmtId>
                <InstdAmt Ccy="EUR">150.00</InstdAmt>
                <DrctDbtTx>
                  <MndtRltdInf>
                    <MndtId>M-1</MndtId>
                    <DtOfSgntr>2025-06-01</DtOfSgntr>
                  </MndtRltdInf>
                </DrctDbtTx>
                <DbtrAgt>
                  <FinInstnId>
                    <Othr>
                      <Id>NOTPROVIDED</Id>
                    </Othr>
                  </FinInstnId>
                </DbtrAgt>
                <Dbtr>
                  <Nm>Cicek Eliyeva</Nm>
                </Dbtr>
                <DbtrAcct>
                  <Id>
                    <IBAN>DE51508800500190038900</IBAN>
                  </Id>
                </DbtrAcct>
                <RmtInf>
                  <Ustrd>RE-1 RE-2</Ustrd>
                </RmtInf>
              </DrctDbtTxInf>
            </PmtInf>
          </CstmrDrctDbtInitn>
        </Document>

        """;
}
