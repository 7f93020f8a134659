using System.Globalization;
using ArCredit.Kernel;

namespace ArCredit.Banking.Statements.Camt;

/// <summary>Charges as a file states them, summed up. What they are may be left unsaid; that refuses nothing.</summary>
internal sealed class CamtCharges
{
    private readonly HashSet<Currency> currencies = [];
    private bool isKnown = true;

    /// <summary>Whether there are any.</summary>
    public bool IsAny { get; private set; }

    /// <summary>Minor units that the bank took; negative where it gave some back.</summary>
    public Int128 Sum { get; private set; }

    /// <summary>Every charge has an amount, and in this currency.</summary>
    public bool AreIn(Currency currency) => isKnown && currencies.All(one => ReferenceEquals(one, currency));

    /// <summary>Adds an element <c>Chrgs</c>: records of charges, in older versions one of them, or their total alone.</summary>
    public void Add(CamtNode? charges)
    {
        if (charges is null)
        {
            return;
        }

        IsAny = true;
        var records = charges.All("Rcrd").ToList();
        if (records.Count == 0)
        {
            Add(charges["Amt"] ?? charges["TtlChrgsAndTaxAmt"], charges["CdtDbtInd"]);
        }

        records.ForEach(record => Add(record["Amt"], record["CdtDbtInd"]));
    }

    private void Add(CamtNode? amount, CamtNode? direction)
    {
        if (amount is not null && Currency.TryParse(amount.Currency, out var currency)
            && decimal.TryParse(amount.Value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            && Money.TryFromAmount(number, currency, out var money) == AmountFault.None)
        {
            currencies.Add(currency);
            Sum += direction?.Value == "CRDT" ? -money.Minor : money.Minor;
        }
        else
        {
            isKnown = false;
        }
    }
}
