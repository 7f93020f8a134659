using System.Xml;
using ArCredit.Banking.DirectDebits;
using ArCredit.Kernel;

namespace ArCredit.Banking.Statements.Camt;

/// <summary>One entry. Its transactions are read one at a time, as an entry may sum up very many.</summary>
internal sealed class CamtEntry(XmlReader reader, string element, List<string> warnings)
{
    /// <summary>Most transactions of one entry: they are kept together with it.</summary>
    public const int MaxDetails = 50_000;

    private readonly Place place = new(CamtNode.LineOf(reader), element);
    private readonly Dictionary<string, CamtNode> fields = new(StringComparer.Ordinal);
    private readonly List<EntryDetail> details = [];
    private readonly List<bool?> credited = [];
    private readonly CamtCharges ofEntry = new();
    private readonly CamtCharges ofDetails = new();
    private string? batch;

    /// <summary>The entry's own currency, once read.</summary>
    public Currency? Currency { get; private set; }

    /// <summary>Reads the entry and leaves it behind.</summary>
    /// <param name="known">The statement's currency as far as it is known.</param>
    /// <param name="statementOn">The day of an entry that names none: the balance's, else the last of the period, else when the statement was made.</param>
    public BankEntry Read(Currency? known, DateOnly? statementOn)
    {
        foreach (var name in CamtReader.Children(reader))
        {
            if (name != "NtryDtls")
            {
                var field = CamtNode.Read(reader);
                fields.TryAdd(name, field);
                ofEntry.Add(name == "Chrgs" ? field : null);
                continue;
            }

            ReadDetails();
        }

        var amount = fields.GetValueOrDefault("Amt");
        Currency = known ?? StatementAmount.Currency(amount?.Currency, place);
        var minor = CamtBalances.Amount(amount, Currency, place);
        var booked = CamtBalances.Day(fields.GetValueOrDefault("BookgDt"), $"{element}/BookgDt");
        var value = CamtBalances.Day(fields.GetValueOrDefault("ValDt"), $"{element}/ValDt");
        if ((booked ?? value ?? statementOn) is not { } day)
        {
            throw StatementRefusedException.Syntax(place, "neither the entry nor its statement has a date");
        }

        var single = details.Count == 1 ? details[0] : null;
        return new BankEntry
        {
            BookedOn = booked ?? day,
            ValueOn = value ?? day,
            Amount = IsCredit ? minor : -minor,
            IsCredit = IsCredit,
            IsReversal = fields.GetValueOrDefault("RvslInd")?.Value is "true" or "1",
            IsPending = !IsBooked(fields.GetValueOrDefault("Sts")),
            BankReference = PlainText.Reference(fields.GetValueOrDefault("AcctSvcrRef")?.Value) ?? single?.BankReference,
            Code = CodeOf(fields.GetValueOrDefault("BkTxCd")) ?? single?.Code,
            Text = Described(single?.Text ?? PaymentText.None),
            Details = Checked(minor),
            Place = place,
        };
    }

    private bool IsCredit => CamtBalances.IsCredit(
        fields.GetValueOrDefault("CdtDbtInd") ?? throw StatementRefusedException.Syntax(place, "the entry is neither credit nor debit"), element);

    // Parties keep their parts when a payment is taken back: who was paid is then who pays back.
    private bool PayerIsOther => IsCredit != fields.GetValueOrDefault("RvslInd")?.Value is "true" or "1";

    // A batch that somebody else paid in one file says nothing of who paid; one of ours is our own collections.
    private PaymentText Described(PaymentText text) => text with
    {
        Remittance = text.Remittance ?? PlainText.Of(fields.GetValueOrDefault("AddtlNtryInf")?.Value),
        EndToEndId = CollectionBookings.ReferenceOf(text.EndToEndId, batch, fields.GetValueOrDefault("NtryRef")?.Value),
    };

    private static bool IsBooked(CamtNode? status) => (status?["Cd"]?.Value ?? status?.Value) is null or "" or "BOOK";

    private void ReadDetails()
    {
        var before = details.Count;
        long? stated = null;
        foreach (var name in CamtReader.Children(reader))
        {
            var node = CamtNode.Read(reader);
            if (name == "TxDtls")
            {
                details.Add(Detail(node));
            }
            else if (name == "Btch")
            {
                stated = long.TryParse(node["NbOfTxs"]?.Value, out var number) ? number : stated;
                batch ??= new[] { node["PmtInfId"], node["MsgId"] }.Select(id => PlainText.Of(id?.Value)).FirstOrDefault(id => id is not null && CollectionBookings.IsOurs(id));
            }
        }

        // Banks list a batch in part, or its transactions elsewhere: the number is no control total of the entry.
        if (stated is { } count && details.Count > before && count != details.Count - before)
        {
            warnings.Add($"{place}: the batch has {count} transactions, {details.Count - before} are listed");
        }
    }

    private EntryDetail Detail(CamtNode node)
    {
        if (details.Count == MaxDetails)
        {
            throw StatementRefusedException.Syntax(place, $"the entry has more than {MaxDetails} transactions");
        }

        var at = new Place(node.Line, $"{element}/NtryDtls/TxDtls[{details.Count + 1}]");
        ofDetails.Add(node["Chrgs"]);
        var amount = node["Amt"] ?? node["AmtDtls"]?["TxAmt"]?["Amt"];
        Currency? currency = amount is null ? null : StatementAmount.Currency(amount.Currency, at);
        long? minor = amount is null ? null : StatementAmount.Minor(amount.Value, '.', currency!, at);
        credited.Add(node["CdtDbtInd"]?.Value switch { "CRDT" => true, "DBIT" => false, _ => null });
        return new EntryDetail(
            IsCredit ? minor : -minor, currency, PlainText.Reference(node["Refs"]?["AcctSvcrRef"]?.Value), CodeOf(node["BkTxCd"]), CamtText.Of(node, PayerIsOther));
    }

    // Charges may stand between what was paid and what was booked: with them or without, the transactions have to give the entry. Some
    // banks state them with the entry, with its transactions, or with both.
    private List<EntryDetail> Checked(long minor)
    {
        if (details.Count < 2)
        {
            return [];
        }

        if (details.Exists(detail => detail.Amount is null || !ReferenceEquals(detail.Currency, Currency)))
        {
            return details;
        }

        var sum = details.Aggregate(Int128.Zero, (all, detail) => all + detail.Amount!.Value);
        var rest = sum - (IsCredit ? minor : -minor);
        var areKnown = ofEntry.AreIn(Currency!) && ofDetails.AreIn(Currency!);
        if (rest == 0 || (areKnown && (rest == ofEntry.Sum || rest == ofDetails.Sum || rest == ofEntry.Sum + ofDetails.Sum)))
        {
            return details;
        }

        // An entry may be the net of both directions.
        var net = details.Zip(credited, (detail, isCredit) => detail with { Amount = isCredit == IsCredit ? detail.Amount : -detail.Amount }).ToList();
        if (credited.TrueForAll(isCredit => isCredit is not null)
            && net.Aggregate(Int128.Zero, (all, detail) => all + detail.Amount!.Value) == (IsCredit ? minor : -minor))
        {
            return net;
        }

        var what = $"the entry is over {new Money(minor, Currency!)}, its {details.Count} transactions give {StatementAmount.Show(Int128.Abs(sum), Currency)}";
        if (!ofEntry.IsAny && !ofDetails.IsAny)
        {
            throw new StatementRefusedException(StatementRefusedException.TotalsWrong, place, what);
        }

        // Nothing may be posted on amounts that do not add up.
        warnings.Add($"{place}: {what}, which its charges do not explain; it is kept as one payment");
        return details.ConvertAll(detail => detail with { Amount = null, Currency = null });
    }

    private static string? CodeOf(CamtNode? code) => code?["Domn"] is { } domain
        ? string.Join('/', new[] { domain["Cd"], domain["Fmly"]?["Cd"], domain["Fmly"]?["SubFmlyCd"] }.OfType<CamtNode>().Select(part => PlainText.Of(part.Value)))
        : PlainText.Of(code?["Prtry"]?["Cd"]?.Value);
}
