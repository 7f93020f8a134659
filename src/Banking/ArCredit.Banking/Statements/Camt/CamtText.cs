using ArCredit.Banking.DirectDebits;

namespace ArCredit.Banking.Statements.Camt;

/// <summary>Who and what for, of one transaction.</summary>
internal static class CamtText
{
    // Whose order it was says itself there: of a block of ours, its id and that of its file.
    private static readonly string[] OrderReferences = ["PmtInfId", "InstrId", "MsgId"];

    /// <param name="node">A <c>TxDtls</c>.</param>
    /// <param name="payerIsOther">The other side is the debtor; else the creditor.</param>
    public static PaymentText Of(CamtNode node, bool payerIsOther)
    {
        var side = payerIsOther ? "Dbtr" : "Cdtr";
        var parties = node["RltdPties"];
        var party = parties?[side];
        var account = parties?[side + "Acct"]?["Id"];
        var remittance = node["RmtInf"];
        var structured = remittance?.All("Strd").ToList() ?? [];
        var free = Joined(" ", remittance?.All("Ustrd"))
            ?? Joined(" ", structured.SelectMany(block => block.All("AddtlRmtInf")))
            ?? PlainText.Of(node["AddtlTxInf"]?.Value);
        var references = node["Refs"];
        return new PaymentText(
            CollectionBookings.ReferenceOf(PlainText.Reference(references?["EndToEndId"]?.Value), OrderReferences.Select(name => references?[name]?.Value)),
            PlainText.Of(party?["Nm"]?.Value ?? party?["Pty"]?["Nm"]?.Value),
            PlainText.Of(account?["IBAN"]?.Value ?? account?["Othr"]?["Id"]?.Value)?.Replace(" ", string.Empty, StringComparison.Ordinal),
            free,
            Joined("; ", structured.Select(block => block["CdtrRefInf"]?["Ref"]).OfType<CamtNode>()))
        {
            ReturnReason = PlainText.Of(node["RtrInf"]?["Rsn"]?["Cd"]?.Value ?? node["RtrInf"]?["Rsn"]?["Prtry"]?.Value),
        };
    }

    private static string? Joined(string separator, IEnumerable<CamtNode>? nodes) =>
        PlainText.Of(string.Join(separator, (nodes ?? []).Select(node => PlainText.Of(node.Value)).Where(text => text is not null)));
}
