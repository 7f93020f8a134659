using System.Globalization;
using System.Security;
using System.Text;

namespace ArCredit.Banking.Tests.Posting;

/// <summary>A line of a statement; a negative amount is a debit.</summary>
internal sealed record CashLine(decimal Amount, string? Text = null)
{
    public string? Payer { get; init; }

    public string? Iban { get; init; }

    public string? Structured { get; init; }

    public string? EndToEnd { get; init; }

    public string? BankReference { get; init; }

    public bool IsReversal { get; init; }

    public string? ReturnReason { get; init; }

    /// <summary>Id of the block that it sums up, without its transactions.</summary>
    public string? Batch { get; init; }

    /// <summary>Of the order that it was of, as the transaction names it: its block and its message.</summary>
    public (string? Block, string? Message) Order { get; init; }

    /// <summary>Amounts and texts of the transactions that it sums up.</summary>
    public IReadOnlyList<(decimal Amount, string Text)> Details { get; init; } = [];
}

/// <summary>camt.053 files of payments.</summary>
internal static class CashFile
{
    public const string Iban = "DE42100100100043921105";

    public static byte[] Of(string name, params CashLine[] lines)
    {
        var text = new StringBuilder(
            $"""<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><GrpHdr><MsgId>{name}</MsgId><CreDtTm>2026-01-01T06:00:00Z</CreDtTm></GrpHdr><Stmt><Id>{name}</Id><CreDtTm>2026-01-01T06:00:00Z</CreDtTm><Acct><Id><IBAN>{Iban}</IBAN></Id></Acct>""");
        Balance(text, "OPBD", 0);
        Balance(text, "CLBD", lines.Sum(line => line.Amount));
        foreach (var line in lines)
        {
            Entry(text, line);
        }

        return Encoding.UTF8.GetBytes(text.Append("</Stmt></BkToCstmrStmt></Document>").ToString());
    }

    private static void Balance(StringBuilder text, string code, decimal amount) => text.Append(
        CultureInfo.InvariantCulture,
        $"""<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">{Math.Abs(amount)}</Amt><CdtDbtInd>{(amount < 0 ? "DBIT" : "CRDT")}</CdtDbtInd><Dt><Dt>2026-01-01</Dt></Dt></Bal>""");

    private static void Entry(StringBuilder text, CashLine line)
    {
        var direction = line.Amount < 0 ? "DBIT" : "CRDT";
        text.Append(
            CultureInfo.InvariantCulture,
            $"""<Ntry><Amt Ccy="EUR">{Math.Abs(line.Amount)}</Amt><CdtDbtInd>{direction}</CdtDbtInd><RvslInd>{(line.IsReversal ? "true" : "false")}</RvslInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-01-01</Dt></BookgDt><ValDt><Dt>2026-01-01</Dt></ValDt>""");
        text.Append(Tag("AcctSvcrRef", line.BankReference)).Append("<BkTxCd/><NtryDtls>");
        if (line.Batch is not null)
        {
            text.Append(CultureInfo.InvariantCulture, $"<Btch>{Tag("PmtInfId", line.Batch)}<NbOfTxs>2</NbOfTxs></Btch></NtryDtls></Ntry>");
            return;
        }

        foreach (var (amount, remittance) in line.Details.Count > 0 ? line.Details : [(Math.Abs(line.Amount), line.Text ?? string.Empty)])
        {
            // Of a booking that is taken back the payer is still the debtor of the original.
            text.Append(
                CultureInfo.InvariantCulture,
                $"""<TxDtls><Refs>{Tag("MsgId", line.Order.Message)}{Tag("PmtInfId", line.Order.Block)}{Tag("EndToEndId", line.EndToEnd)}</Refs><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>{direction}</CdtDbtInd><RltdPties>{(line.Payer is null ? string.Empty : $"<Dbtr><Pty>{Tag("Nm", line.Payer)}</Pty></Dbtr>")}{(line.Iban is null ? string.Empty : $"<DbtrAcct><Id>{Tag("IBAN", line.Iban)}</Id></DbtrAcct>")}</RltdPties><RmtInf>{Tag("Ustrd", remittance)}{(line.Structured is null ? string.Empty : $"<Strd><CdtrRefInf>{Tag("Ref", line.Structured)}</CdtrRefInf></Strd>")}</RmtInf>{(line.ReturnReason is null ? string.Empty : $"<RtrInf><Rsn>{Tag("Cd", line.ReturnReason)}</Rsn></RtrInf>")}</TxDtls>""");
        }

        text.Append("</NtryDtls></Ntry>");
    }

    private static string Tag(string name, string? value) => string.IsNullOrEmpty(value) ? string.Empty : $"<{name}>{SecurityElement.Escape(value)}</{name}>";
}
