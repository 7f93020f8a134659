using System.Globalization;
using System.Security;
using System.Text;
using ArCredit.Banking.Statements;
using ArCredit.Kernel;

namespace ArCredit.Banking.Tests.Written;

/// <summary>Writes camt of a version; versions from 4 on put parties one level deeper, those from 7 on the status.</summary>
internal sealed class CamtWriter(StatementFormat format, int version)
{
    private readonly StringBuilder xml = new();

    public static string Write(IEnumerable<WrittenStatement> statements, StatementFormat format, int version) => new CamtWriter(format, version).Write(statements);

    private string Write(IEnumerable<WrittenStatement> statements)
    {
        var (message, name, number) = format switch
        {
            StatementFormat.Camt052 => ("BkToCstmrAcctRpt", "Rpt", "052"),
            StatementFormat.Camt053 => ("BkToCstmrStmt", "Stmt", "053"),
            _ => ("BkToCstmrDbtCdtNtfctn", "Ntfctn", "054"),
        };
        xml.Append(CultureInfo.InvariantCulture, $"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.{number}.001.{version:00}\">\n");
        xml.Append(CultureInfo.InvariantCulture, $"<{message}><GrpHdr><MsgId>M</MsgId><CreDtTm>2026-01-01T00:00:00</CreDtTm></GrpHdr>\n");
        foreach (var statement in statements)
        {
            Write(statement, name);
        }

        return xml.Append(CultureInfo.InvariantCulture, $"</{message}></Document>\n").ToString();
    }

    private void Write(WrittenStatement statement, string name)
    {
        var head = statement.Head;
        var sequence = head.Sequence!.Split('/');
        xml.Append(CultureInfo.InvariantCulture, $"<{name}><Id>{head.Id}</Id><{name}Pgntn><PgNb>{sequence[1]}</PgNb><LastPgInd>true</LastPgInd></{name}Pgntn><ElctrncSeqNb>{sequence[0]}</ElctrncSeqNb>");
        var number = head.Account.Iban is { } iban ? $"<IBAN>{iban}</IBAN>" : $"<Othr><Id>{head.Account.Number}</Id></Othr>";
        var bic = version < 4 ? "BIC" : "BICFI";
        xml.Append(CultureInfo.InvariantCulture, $"<Acct><Id>{number}</Id><Ccy>{statement.Currency}</Ccy><Svcr><FinInstnId><{bic}>{head.Account.Bank}</{bic}></FinInstnId></Svcr></Acct>\n");
        if (head.Opening is { } opening)
        {
            Write(statement, statement.IsFirst ? "OPBD" : "ITBD", opening);
            Write(statement, statement.IsLast ? "CLBD" : "ITBD", statement.Closing);
        }

        var (credits, debits) = (statement.Entries.Where(entry => entry.IsCredit).ToList(), statement.Entries.Where(entry => !entry.IsCredit).ToList());
        var net = statement.Entries.Sum(entry => entry.Amount);
        xml.Append(CultureInfo.InvariantCulture, $"<TxsSummry><TtlNtries><NbOfNtries>{statement.Entries.Count}</NbOfNtries>");
        var direction = net < 0 ? "DBIT" : "CRDT";
        xml.Append(version < 4
            ? $"<TtlNetNtryAmt>{statement.Amount(net)}</TtlNetNtryAmt><CdtDbtInd>{direction}</CdtDbtInd></TtlNtries>"
            : $"<TtlNetNtry><Amt>{statement.Amount(net)}</Amt><CdtDbtInd>{direction}</CdtDbtInd></TtlNetNtry></TtlNtries>");
        xml.Append(CultureInfo.InvariantCulture, $"<TtlCdtNtries><NbOfNtries>{credits.Count}</NbOfNtries><Sum>{statement.Amount(credits.Sum(entry => entry.Amount))}</Sum></TtlCdtNtries>");
        xml.Append(CultureInfo.InvariantCulture, $"<TtlDbtNtries><NbOfNtries>{debits.Count}</NbOfNtries><Sum>{statement.Amount(debits.Sum(entry => entry.Amount))}</Sum></TtlDbtNtries></TxsSummry>\n");
        foreach (var entry in statement.Entries)
        {
            Write(statement, entry);
        }

        xml.Append(CultureInfo.InvariantCulture, $"</{name}>\n");
    }

    private void Write(WrittenStatement statement, string code, Balance balance) => xml.Append(
        CultureInfo.InvariantCulture,
        $"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy=\"{statement.Currency}\">{statement.Amount(balance.Amount)}</Amt><CdtDbtInd>{(balance.Amount < 0 ? "DBIT" : "CRDT")}</CdtDbtInd><Dt><Dt>{WrittenStatement.Day(balance.On)}</Dt></Dt></Bal>\n");

    private void Write(WrittenStatement statement, BankEntry entry)
    {
        xml.Append(CultureInfo.InvariantCulture, $"<Ntry><Amt Ccy=\"{statement.Currency}\">{statement.Amount(entry.Amount)}</Amt><CdtDbtInd>{(entry.IsCredit ? "CRDT" : "DBIT")}</CdtDbtInd>");
        xml.Append(entry.IsReversal ? "<RvslInd>true</RvslInd>" : string.Empty).Append(version < 7 ? "<Sts>BOOK</Sts>" : "<Sts><Cd>BOOK</Cd></Sts>");
        xml.Append(CultureInfo.InvariantCulture, $"<BookgDt><Dt>{WrittenStatement.Day(entry.BookedOn)}</Dt></BookgDt><ValDt><DtTm>{WrittenStatement.Day(entry.ValueOn)}T23:30:00+02:00</DtTm></ValDt>");
        xml.Append(Element("AcctSvcrRef", entry.BankReference));
        xml.Append("<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd><NtryDtls>");
        var payerIsOther = entry.IsCredit != entry.IsReversal;
        if (entry.Details.Count == 0)
        {
            Write(entry.Text, null, string.Empty, payerIsOther);
        }

        foreach (var detail in entry.Details)
        {
            Write(detail.Text, detail.BankReference, $"<Amt Ccy=\"{detail.Currency}\">{statement.Amount(detail.Amount!.Value)}</Amt><CdtDbtInd>{(entry.IsCredit ? "CRDT" : "DBIT")}</CdtDbtInd>", payerIsOther);
        }

        xml.Append("</NtryDtls></Ntry>\n");
    }

    private void Write(PaymentText text, string? bankReference, string amount, bool payerIsOther)
    {
        var side = payerIsOther ? "Dbtr" : "Cdtr";
        xml.Append("<TxDtls><Refs>").Append(Element("AcctSvcrRef", bankReference)).Append(Element("EndToEndId", text.EndToEndId ?? "NOTPROVIDED")).Append("</Refs>").Append(amount);
        xml.Append(bankReference is null ? string.Empty : "<BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd>");
        var name = Element("Nm", text.Party);
        xml.Append(CultureInfo.InvariantCulture, $"<RltdPties><{side}>{(version < 4 ? name : $"<Pty>{name}</Pty>")}</{side}><{side}Acct><Id><IBAN>{text.PartyAccount}</IBAN></Id></{side}Acct></RltdPties>");
        xml.Append("<RmtInf>").Append(Element("Ustrd", text.Remittance));
        xml.Append(text.StructuredReference is null ? string.Empty : $"<Strd><CdtrRefInf>{Element("Ref", text.StructuredReference)}</CdtrRefInf></Strd>");
        xml.Append("</RmtInf></TxDtls>\n");
    }

    private static string Element(string name, string? text) => text is null ? string.Empty : $"<{name}>{SecurityElement.Escape(text)}</{name}>";
}
