using System.Globalization;
using System.Text;
using System.Xml;
using ArCredit.Kernel;

namespace ArCredit.Banking.MoneyOut;

/// <summary>
/// ISO 20022 pain.001, versions 03 and 09: one payment block of one debtor account and execution date. The bytes follow from what is
/// stored, so that whoever goes on after a crash writes the same.
/// </summary>
internal static class CreditTransferFile
{
    /// <summary>The versions that can be written, the shipped one first.</summary>
    public static readonly IReadOnlyList<string> Formats = ["pain.001.001.09", "pain.001.001.03"];

    private const int MaxName = 70;
    private const int MaxRemittance = 140;

    public static byte[] Write(PaymentFile file, IReadOnlyList<PaidLine> lines)
    {
        using var bytes = new MemoryStream();
        var settings = new XmlWriterSettings { Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), Indent = true, NewLineChars = "\n" };
        using (var xml = XmlWriter.Create(bytes, settings))
        {
            var isNew = file.Format == Formats[0];
            xml.WriteStartElement("Document", $"urn:iso:std:iso:20022:tech:xsd:{file.Format}");
            xml.WriteStartElement("CstmrCdtTrfInitn");
            WriteHeader(xml, file, lines);
            xml.WriteStartElement("PmtInf");
            WriteBlock(xml, file, lines, isNew);
            foreach (var line in lines)
            {
                WriteTransfer(xml, file, line, isNew);
            }

            xml.WriteEndElement();
            xml.WriteEndElement();
            xml.WriteEndElement();
        }

        bytes.WriteByte((byte)'\n');
        return bytes.ToArray();
    }

    private static void WriteHeader(XmlWriter xml, PaymentFile file, IReadOnlyList<PaidLine> lines)
    {
        xml.WriteStartElement("GrpHdr");
        xml.WriteElementString("MsgId", file.MessageId);
        xml.WriteElementString("CreDtTm", file.CreatedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture));
        xml.WriteElementString("NbOfTxs", Count(lines));
        xml.WriteElementString("CtrlSum", Sum(file, lines));
        xml.WriteStartElement("InitgPty");
        xml.WriteElementString("Nm", SepaText.Of(file.Holder, MaxName));
        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    private static void WriteBlock(XmlWriter xml, PaymentFile file, IReadOnlyList<PaidLine> lines, bool isNew)
    {
        xml.WriteElementString("PmtInfId", file.MessageId);
        xml.WriteElementString("PmtMtd", "TRF");
        xml.WriteElementString("NbOfTxs", Count(lines));
        xml.WriteElementString("CtrlSum", Sum(file, lines));

        // SEPA is in euro only; what another currency goes by is the bank's to say.
        var isSepa = file.Currency == "EUR";
        if (isSepa)
        {
            xml.WriteStartElement("PmtTpInf");
            xml.WriteStartElement("SvcLvl");
            xml.WriteElementString("Cd", "SEPA");
            xml.WriteEndElement();
            xml.WriteEndElement();
        }

        var day = file.ExecutionOn.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        if (isNew)
        {
            xml.WriteStartElement("ReqdExctnDt");
            xml.WriteElementString("Dt", day);
            xml.WriteEndElement();
        }
        else
        {
            xml.WriteElementString("ReqdExctnDt", day);
        }

        WriteParty(xml, "Dbtr", file.Holder);
        WriteAccount(xml, "DbtrAcct", file.Iban, file.Currency);
        WriteAgent(xml, "DbtrAgt", file.Bic, isNew);
        xml.WriteElementString("ChrgBr", isSepa ? "SLEV" : "SHAR");
    }

    private static void WriteTransfer(XmlWriter xml, PaymentFile file, PaidLine paid, bool isNew)
    {
        var (line, payee) = paid;
        xml.WriteStartElement("CdtTrfTxInf");
        xml.WriteStartElement("PmtId");
        xml.WriteElementString("InstrId", line.EndToEndId);
        xml.WriteElementString("EndToEndId", line.EndToEndId);
        xml.WriteEndElement();
        xml.WriteStartElement("Amt");
        xml.WriteStartElement("InstdAmt");
        xml.WriteAttributeString("Ccy", file.Currency);
        xml.WriteString(Amount(file, line.Amount));
        xml.WriteEndElement();
        xml.WriteEndElement();
        if (payee.Bic is not null)
        {
            WriteAgent(xml, "CdtrAgt", payee.Bic, isNew);
        }

        WriteParty(xml, "Cdtr", payee.Holder);
        WriteAccount(xml, "CdtrAcct", payee.Iban, null);
        xml.WriteStartElement("RmtInf");
        xml.WriteElementString("Ustrd", SepaText.Of($"Refund {line.RefundId} account {line.AccountId}", MaxRemittance));
        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    internal static void WriteParty(XmlWriter xml, string element, string name)
    {
        xml.WriteStartElement(element);
        xml.WriteElementString("Nm", SepaText.Of(name, MaxName));
        xml.WriteEndElement();
    }

    internal static void WriteAccount(XmlWriter xml, string element, string iban, string? currency)
    {
        xml.WriteStartElement(element);
        xml.WriteStartElement("Id");
        xml.WriteElementString("IBAN", iban);
        xml.WriteEndElement();
        if (currency is not null)
        {
            xml.WriteElementString("Ccy", currency);
        }

        xml.WriteEndElement();
    }

    internal static void WriteAgent(XmlWriter xml, string element, string? bic, bool isNew)
    {
        xml.WriteStartElement(element);
        xml.WriteStartElement("FinInstnId");
        if (bic is not null)
        {
            xml.WriteElementString(isNew ? "BICFI" : "BIC", bic);
        }
        else
        {
            xml.WriteStartElement("Othr");
            xml.WriteElementString("Id", "NOTPROVIDED");
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
        xml.WriteEndElement();
    }

    private static string Count(IReadOnlyList<PaidLine> lines) => lines.Count.ToString(CultureInfo.InvariantCulture);

    private static string Sum(PaymentFile file, IReadOnlyList<PaidLine> lines) => Amount(file, lines.Sum(paid => paid.Line.Amount));

    private static string Amount(PaymentFile file, long minor) =>
        Money.ToDecimal(minor, file.Money).ToString($"F{file.Money.Decimals}", CultureInfo.InvariantCulture);
}
