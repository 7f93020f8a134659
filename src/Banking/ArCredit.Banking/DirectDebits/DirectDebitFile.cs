using System.Globalization;
using System.Text;
using System.Xml;
using ArCredit.Banking.MoneyOut;
using ArCredit.Kernel;

namespace ArCredit.Banking.DirectDebits;

/// <summary>A collection with its block, the mandate as it counts on its day, and what of it the debtor's bank was told otherwise before.</summary>
internal sealed record DebitLine(Collection Collection, Mandate Mandate, Originals? Originals = null);

/// <summary>
/// ISO 20022 pain.008, version 08: a payment block for each scheme, sequence and day. The bytes follow from what is stored, so that
/// whoever goes on after a crash writes the same.
/// </summary>
internal static class DirectDebitFile
{
    public const string Format = "pain.008.001.08";

    private const int MaxRemittance = 140;
    private const int MaxName = 70;

    public static byte[] Write(PaymentFile file, string creditorId, IReadOnlyList<CollectionBlock> blocks, IReadOnlyList<DebitLine> lines)
    {
        using var bytes = new MemoryStream();
        var settings = new XmlWriterSettings { Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), Indent = true, NewLineChars = "\n" };
        using (var xml = XmlWriter.Create(bytes, settings))
        {
            xml.WriteStartElement("Document", $"urn:iso:std:iso:20022:tech:xsd:{Format}");
            xml.WriteStartElement("CstmrDrctDbtInitn");
            xml.WriteStartElement("GrpHdr");
            xml.WriteElementString("MsgId", file.MessageId);
            xml.WriteElementString("CreDtTm", file.CreatedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
            WriteSums(xml, file, lines);
            CreditTransferFile.WriteParty(xml, "InitgPty", file.Holder);
            xml.WriteEndElement();
            foreach (var block in blocks)
            {
                WriteBlock(xml, file, creditorId, block, [.. lines.Where(line => line.Collection.Block == block.Block)]);
            }

            xml.WriteEndElement();
            xml.WriteEndElement();
        }

        bytes.WriteByte((byte)'\n');
        return bytes.ToArray();
    }

    private static void WriteBlock(XmlWriter xml, PaymentFile file, string creditorId, CollectionBlock block, IReadOnlyList<DebitLine> lines)
    {
        xml.WriteStartElement("PmtInf");
        xml.WriteElementString("PmtInfId", block.PaymentId);
        xml.WriteElementString("PmtMtd", "DD");
        xml.WriteElementString("BtchBookg", "true");
        WriteSums(xml, file, lines);
        xml.WriteStartElement("PmtTpInf");
        WriteCode(xml, "SvcLvl", "Cd", "SEPA");
        WriteCode(xml, "LclInstrm", "Cd", block.Scheme.ToUpperInvariant());
        xml.WriteElementString("SeqTp", block.Sequence);
        xml.WriteEndElement();
        xml.WriteElementString("ReqdColltnDt", Day(block.CollectOn));
        CreditTransferFile.WriteParty(xml, "Cdtr", file.Holder);
        CreditTransferFile.WriteAccount(xml, "CdtrAcct", file.Iban, file.Currency);
        CreditTransferFile.WriteAgent(xml, "CdtrAgt", file.Bic, isNew: true);
        xml.WriteElementString("ChrgBr", "SLEV");
        WriteCreditor(xml, "CdtrSchmeId", null, creditorId);
        foreach (var line in lines)
        {
            WriteDebit(xml, file, line);
        }

        xml.WriteEndElement();
    }

    private static void WriteDebit(XmlWriter xml, PaymentFile file, DebitLine line)
    {
        var (collection, mandate, originals) = line;
        xml.WriteStartElement("DrctDbtTxInf");
        xml.WriteStartElement("PmtId");
        xml.WriteElementString("InstrId", collection.CollectionId);
        xml.WriteElementString("EndToEndId", collection.CollectionId);
        xml.WriteEndElement();
        xml.WriteStartElement("InstdAmt");
        xml.WriteAttributeString("Ccy", file.Currency);
        xml.WriteString(Amount(file, collection.Amount));
        xml.WriteEndElement();
        xml.WriteStartElement("DrctDbtTx");
        xml.WriteStartElement("MndtRltdInf");
        xml.WriteElementString("MndtId", mandate.ToldAs);
        xml.WriteElementString("DtOfSgntr", Day(mandate.SignedOn));
        if (originals is not null)
        {
            WriteAmendment(xml, originals);
        }

        xml.WriteEndElement();
        xml.WriteEndElement();
        CreditTransferFile.WriteAgent(xml, "DbtrAgt", mandate.Bic, isNew: true);
        CreditTransferFile.WriteParty(xml, "Dbtr", mandate.Holder);
        CreditTransferFile.WriteAccount(xml, "DbtrAcct", mandate.Iban, null);
        xml.WriteStartElement("RmtInf");
        xml.WriteElementString("Ustrd", SepaText.Of(string.Join(' ', collection.AllItems.Select(item => item.Number.Value).Distinct(StringComparer.Ordinal)), MaxRemittance));
        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    /// <summary>
    /// In the order of the schema's MandateRelatedInformation14 and AmendmentInformationDetails13. The rule books' guidelines for files of creditors
    /// (EPC130-08, EPC131-08) put the IBAN of an account at the same bank, or SMNDA, under the original debtor account.
    /// </summary>
    private static void WriteAmendment(XmlWriter xml, Originals originals)
    {
        xml.WriteElementString("AmdmntInd", "true");
        xml.WriteStartElement("AmdmntInfDtls");
        if (originals.MandateId is { } mandateId)
        {
            xml.WriteElementString("OrgnlMndtId", mandateId);
        }

        if (originals.CreditorId is not null || originals.CreditorName is not null)
        {
            WriteCreditor(xml, "OrgnlCdtrSchmeId", originals.CreditorName, originals.CreditorId);
        }

        if (originals.Account == Originals.OtherBank)
        {
            xml.WriteStartElement("OrgnlDbtrAcct");
            xml.WriteStartElement("Id");
            WriteCode(xml, "Othr", "Id", Originals.OtherBank);
            xml.WriteEndElement();
            xml.WriteEndElement();
        }
        else if (originals.Account is { } iban)
        {
            CreditTransferFile.WriteAccount(xml, "OrgnlDbtrAcct", iban, null);
        }

        xml.WriteEndElement();
    }

    private static void WriteCreditor(XmlWriter xml, string element, string? name, string? creditorId)
    {
        xml.WriteStartElement(element);
        if (name is not null)
        {
            xml.WriteElementString("Nm", SepaText.Of(name, MaxName));
        }

        if (creditorId is not null)
        {
            xml.WriteStartElement("Id");
            xml.WriteStartElement("PrvtId");
            xml.WriteStartElement("Othr");
            xml.WriteElementString("Id", creditorId);
            WriteCode(xml, "SchmeNm", "Prtry", "SEPA");
            xml.WriteEndElement();
            xml.WriteEndElement();
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    private static void WriteSums(XmlWriter xml, PaymentFile file, IReadOnlyList<DebitLine> lines)
    {
        xml.WriteElementString("NbOfTxs", lines.Count.ToString(CultureInfo.InvariantCulture));
        xml.WriteElementString("CtrlSum", Amount(file, lines.Sum(line => line.Collection.Amount)));
    }

    private static void WriteCode(XmlWriter xml, string element, string inner, string code)
    {
        xml.WriteStartElement(element);
        xml.WriteElementString(inner, code);
        xml.WriteEndElement();
    }

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Amount(PaymentFile file, long minor) =>
        Money.ToDecimal(minor, file.Money).ToString($"F{file.Money.Decimals}", CultureInfo.InvariantCulture);
}
