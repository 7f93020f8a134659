using System.Globalization;
using System.Xml.Linq;
using Shouldly;

namespace ArCredit.Banking.Tests.MoneyOut;

/// <summary>A transfer as a bank would take it.</summary>
internal sealed record Transfer(string EndToEndId, decimal Amount, string Currency, string Creditor, string Iban, string? Bic, string Remittance);

/// <summary>
/// Reads pain.001 as strictly as its schema: each element where the message definition has it, nothing else, lengths, the Latin set, and
/// sums that are right.
/// </summary>
internal sealed record CreditTransfers(string MessageId, string Debtor, string DebtorIban, string ExecutionDate, IReadOnlyList<Transfer> Transfers)
{
    private const string Latin = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/-?:().,'+ ";

    public static CreditTransfers Read(byte[] content, string format)
    {
        var root = XDocument.Parse(System.Text.Encoding.UTF8.GetString(content)).Root.ShouldNotBeNull();
        var isNew = format == "pain.001.001.09";
        root.Name.ShouldBe(XName.Get("Document", $"urn:iso:std:iso:20022:tech:xsd:{format}"));
        root.Descendants().ShouldAllBe(element => element.Name.NamespaceName == root.Name.NamespaceName);
        root.Descendants().Where(element => !element.HasElements).ShouldAllBe(
            element => element.Value.Length > 0 && element.Value.Trim() == element.Value && element.Value.All(letter => Latin.Contains(letter, StringComparison.Ordinal)));
        var message = Only(root, "CstmrCdtTrfInitn");
        var (header, block) = Two(message, "GrpHdr", "PmtInf");
        Names(header).ShouldBe(["MsgId", "CreDtTm", "NbOfTxs", "CtrlSum", "InitgPty"]);
        Text(header, "MsgId").Length.ShouldBeInRange(1, 35);
        DateTime.ParseExact(Text(header, "CreDtTm"), "yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        var transfers = block.Elements().Where(element => element.Name.LocalName == "CdtTrfTxInf").Select(element => Transfer(element, isNew)).ToList();
        var isSepa = transfers.Count > 0 && transfers[0].Currency == "EUR";
        Names(block).ShouldBe(
        [
            "PmtInfId", "PmtMtd", "NbOfTxs", "CtrlSum", .. isSepa ? ["PmtTpInf"] : Array.Empty<string>(), "ReqdExctnDt", "Dbtr", "DbtrAcct", "DbtrAgt", "ChrgBr",
            .. transfers.Select(_ => "CdtTrfTxInf"),
        ]);
        Text(block, "PmtMtd").ShouldBe("TRF");
        Text(block, "ChrgBr").ShouldBe(isSepa ? "SLEV" : "SHAR");
        foreach (var sums in new[] { header, block })
        {
            Text(sums, "NbOfTxs").ShouldBe(transfers.Count.ToString(CultureInfo.InvariantCulture));
            decimal.Parse(Text(sums, "CtrlSum"), CultureInfo.InvariantCulture).ShouldBe(transfers.Sum(transfer => transfer.Amount));
        }

        transfers.Select(transfer => transfer.EndToEndId).Distinct().Count().ShouldBe(transfers.Count);
        var day = Child(block, "ReqdExctnDt");
        return new CreditTransfers(
            Text(header, "MsgId"), Party(Child(block, "Dbtr")), Account(Child(block, "DbtrAcct")), isNew ? Only(day, "Dt").Value : day.Value, transfers);
    }

    private static Transfer Transfer(XElement element, bool isNew)
    {
        var hasAgent = element.Elements().Any(child => child.Name.LocalName == "CdtrAgt");
        Names(element).ShouldBe(["PmtId", "Amt", .. hasAgent ? ["CdtrAgt"] : Array.Empty<string>(), "Cdtr", "CdtrAcct", "RmtInf"]);
        var (instruction, endToEnd) = Two(Child(element, "PmtId"), "InstrId", "EndToEndId");
        instruction.Value.Length.ShouldBeInRange(1, 35);
        endToEnd.Value.Length.ShouldBeInRange(1, 35);
        var amount = Only(Child(element, "Amt"), "InstdAmt");
        var remittance = Only(Child(element, "RmtInf"), "Ustrd").Value;
        remittance.Length.ShouldBeInRange(1, 140);
        var value = decimal.Parse(amount.Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);
        value.ShouldBeGreaterThan(0);
        return new Transfer(
            endToEnd.Value, value, amount.Attributes().ShouldHaveSingleItem().Value, Party(Child(element, "Cdtr")), Account(Child(element, "CdtrAcct")),
            hasAgent ? Only(Only(Child(element, "CdtrAgt"), "FinInstnId"), isNew ? "BICFI" : "BIC").Value : null, remittance);
    }

    private static string Party(XElement party)
    {
        var name = Only(party, "Nm").Value;
        name.Length.ShouldBeInRange(1, 70);
        return name;
    }

    private static string Account(XElement account) => Only(Child(account, "Id"), "IBAN").Value;

    private static XElement Only(XElement parent, string name)
    {
        Names(parent).ShouldBe([name]);
        return parent.Elements().Single();
    }

    private static (XElement First, XElement Second) Two(XElement parent, string first, string second)
    {
        Names(parent).ShouldBe([first, second]);
        return (parent.Elements().First(), parent.Elements().Last());
    }

    private static XElement Child(XElement parent, string name) => parent.Elements().Single(element => element.Name.LocalName == name);

    private static string Text(XElement parent, string name) => Child(parent, name).Value;

    private static IEnumerable<string> Names(XElement parent) => parent.Elements().Select(element => element.Name.LocalName);
}
