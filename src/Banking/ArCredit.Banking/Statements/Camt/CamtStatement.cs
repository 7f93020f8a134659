using System.Globalization;
using System.Xml;
using ArCredit.Kernel;

namespace ArCredit.Banking.Statements.Camt;

/// <summary>One statement of a document, read as the reader comes by.</summary>
internal sealed class CamtStatement(XmlReader reader, StatementFormat format, string element)
{
    private readonly Place place = new(CamtNode.LineOf(reader), element);
    private readonly List<CamtNode> balances = [];
    private readonly List<string> warnings = [];
    private string? id;
    private string? electronic;
    private string? legal;
    private string? page;
    private DateOnly? period;
    private DateOnly? created;
    private CamtNode? account;
    private CamtNode? summary;
    private Currency? currency;
    private StatementHead? head;
    private CamtBalances stated = CamtBalances.None;

    public IEnumerable<StatementPart> Read()
    {
        var entries = 0;
        foreach (var name in CamtReader.Children(reader))
        {
            if (name != "Ntry")
            {
                ReadField(name);
                continue;
            }

            if (head is null)
            {
                currency ??= OwnCurrency();
                stated = Balances();
            }

            var entry = new CamtEntry(reader, $"{element}/Ntry[{++entries}]", warnings);
            var parsed = entry.Read(currency, stated.ClosingOn ?? period ?? created);
            currency ??= entry.Currency;
            if (head is null)
            {
                yield return new StatementOpened(Open());
            }

            yield return new EntryRead(parsed);
        }

        if (head is null)
        {
            yield return new StatementOpened(Open());
        }

        // Balances behind the entries are out of order, but nothing is lost by taking them.
        var end = Balances();
        yield return new StatementClosed
        {
            Closing = end.Closing,
            Available = end.Available,
            Place = end.ClosingPlace ?? place,
            Totals = summary is null || currency is null ? [] : [Totals(summary, currency)],
            Warnings = warnings,
        };
    }

    private void ReadField(string name)
    {
        switch (name)
        {
            case "Id":
                id = PlainText.Of(CamtNode.Read(reader).Value);
                break;
            case "ElctrncSeqNb":
                electronic = PlainText.Of(CamtNode.Read(reader).Value);
                break;
            case "LglSeqNb":
                legal = PlainText.Of(CamtNode.Read(reader).Value);
                break;
            case "CreDtTm":
                created = CamtBalances.DayOf(CamtNode.Read(reader), $"{element}/{name}");
                break;
            case "FrToDt":
                period = ToDay(CamtNode.Read(reader));
                break;
            case "StmtPgntn" or "RptPgntn" or "NtfctnPgntn":
                page = PlainText.Of(CamtNode.Read(reader)["PgNb"]?.Value);
                break;
            case "Acct":
                account = CamtNode.Read(reader);
                break;
            case "Bal":
                balances.Add(CamtNode.Read(reader));
                break;
            case "TxsSummry":
                summary = CamtNode.Read(reader);
                break;
            default:
                CamtNode.Skip(reader);
                break;
        }
    }

    private StatementHead Open()
    {
        currency ??= OwnCurrency();
        stated = Balances();
        var sequence = electronic ?? legal;
        return head = new StatementHead
        {
            Format = format,
            Account = OwnAccountOf(account ?? throw StatementRefusedException.Syntax(place, "the statement names no account")),
            Currency = currency,
            Id = id,
            Sequence = page is null ? sequence : $"{sequence}/{page}",
            IsIntraday = format != StatementFormat.Camt053,
            Opening = stated.Opening,
            Place = place,
        };
    }

    private DateOnly? ToDay(CamtNode node) =>
        (node["ToDt"] ?? node["ToDtTm"]) is { } last ? CamtBalances.DayOf(last, $"{element}/FrToDt") : null;

    // An account without a currency of its own has that of its booked balance.
    private Currency? OwnCurrency()
    {
        if (account?["Ccy"] is { } named)
        {
            return StatementAmount.Currency(named.Value, new Place(named.Line, $"{element}/Acct/Ccy"));
        }

        var first = balances.Find(CamtBalances.IsOpening) ?? balances.FirstOrDefault();
        return first?["Amt"] is { } amount ? StatementAmount.Currency(amount.Currency, new Place(amount.Line, $"{element}/Bal/Amt")) : null;
    }

    private CamtBalances Balances() => currency is null ? CamtBalances.None : CamtBalances.Of(balances, currency, element);

    private OwnAccount OwnAccountOf(CamtNode node)
    {
        var number = node["Id"];

        // The first version of the messages had other names for numbers that are no IBAN.
        var other = PlainText.Of((number?["Othr"]?["Id"] ?? number?["BBAN"] ?? number?["UPIC"] ?? number?["PrtryAcct"]?["Id"])?.Value);
        var iban = number?["IBAN"]?.Value is { Length: > 0 } given ? Iban.From(given) ?? given : Iban.From(other);
        var bank = node["Svcr"]?["FinInstnId"];
        var code = bank?["BICFI"]?.Value ?? bank?["BIC"]?.Value ?? bank?["ClrSysMmbId"]?["MmbId"]?.Value;
        return iban is null && other is null
            ? throw StatementRefusedException.Syntax(new Place(node.Line, $"{element}/Acct/Id"), "the account has neither IBAN nor number")
            : new OwnAccount(PlainText.Of(iban), iban is null ? other : null, PlainText.Of(code));
    }

    private ControlTotals Totals(CamtNode node, Currency money)
    {
        var path = $"{element}/TxsSummry";
        long? Count(CamtNode? group) => group?["NbOfNtries"] is { Value.Length: > 0 } number
            ? long.TryParse(number.Value, NumberStyles.None, CultureInfo.InvariantCulture, out var count)
                ? count
                : throw StatementRefusedException.Syntax(new Place(number.Line, path), $"'{StatementAmount.Short(number.Value)}' is no number of entries")
            : null;

        // The schema allows a sign only here, and some banks give the sum of debits one.
        long? Sum(CamtNode? group, string name, bool isDebit = false) => group?[name] is { Value.Length: > 0 } sum
            ? StatementAmount.Minor(isDebit && sum.Value[0] == '-' ? sum.Value[1..] : sum.Value, '.', money, new Place(sum.Line, path))
            : null;

        var (all, credits, debits) = (node["TtlNtries"], node["TtlCdtNtries"], node["TtlDbtNtries"]);

        // Until version 3 the net stood beside its direction, since then both stand in an element of their own.
        var (net, direction) = all?["TtlNetNtry"] is { } later ? (Sum(later, "Amt"), later["CdtDbtInd"]) : (Sum(all, "TtlNetNtryAmt"), all?["CdtDbtInd"]);
        return new ControlTotals(new Place(node.Line, path))
        {
            Entries = Count(all),
            Sum = Sum(all, "Sum"),
            Net = direction is null ? null : CamtBalances.IsCredit(direction, path) ? net : -net,
            Credits = Count(credits),
            CreditSum = Sum(credits, "Sum"),
            Debits = Count(debits),
            DebitSum = Sum(debits, "Sum", isDebit: true),
        };
    }
}
