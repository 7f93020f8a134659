using ArCredit.Accounts.Contracts;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Tests.Domain.Model;

/// <summary>An invoice of the reference model; amounts in major units. Nothing is ever removed.</summary>
internal sealed record ModelInvoice(
    string Number, Currency Currency, ModelRate Rate, DateOnly IssueDate, decimal Amount, List<ModelItem> Items, IReadOnlyList<DiscountStep> Discount)
{
    /// <summary>The discount of a percentage on what was not credited of an item.</summary>
    public decimal DiscountOf(ModelItem item, decimal percent) =>
        decimal.Round(Math.Max(0, item.Amount - item.Credited) * percent / 100, Currency.Decimals, MidpointRounding.ToEven);

    /// <summary>What a day earns that no line that stands has given already.</summary>
    public decimal EarnedOn(ModelItem item, DateOnly? day)
    {
        var earned = day is null || !MayEarn(item) ? 0 : Math.Max(0, DiscountOf(
            item, Discount.Where(step => IssueDate.AddDays(step.Days) >= day).Select(step => step.Percent).DefaultIfEmpty(0).Max()) - item.Discounted);
        return earned < item.Open ? earned : 0;
    }

    public DebitKind Kind { get; init; }

    /// <summary>By disputes, account currency, since it was last neither open nor disputed.</summary>
    public decimal DisputeCredited { get; set; }

    /// <summary>To the company's currency, as posted; null = none was published.</summary>
    public ModelRate? CompanyRate { get; init; }

    /// <summary>The instalment that the customer holds back; higher ones were released of it. 0 = nothing is.</summary>
    public int Retained { get; init; }

    public int? ReleaseDays { get; init; }

    /// <summary>When it was posted, or what is retained of it last moved.</summary>
    public DateOnly HeldOn { get; set; }

    public void Moved(ModelItem item, DateOnly on) => HeldOn = IsRetained(item) && on > HeldOn ? on : HeldOn;

    public bool IsRetained(ModelItem item) => item.Number == Retained;

    /// <summary>It is neither retained nor released of that.</summary>
    public bool MayEarn(ModelItem item) => Retained == 0 || item.Number < Retained;

    public bool IsClaim => Kind is DebitKind.Interest or DebitKind.Fee;

    public decimal Credited { get; set; }

    public decimal Open => Items.Sum(item => item.Open);
}

internal sealed class ModelItem(int number, DateOnly dueDate, decimal amount)
{
    public int Number => number;

    public DateOnly DueDate => dueDate;

    public decimal Amount { get; init; } = amount;

    /// <summary>Taken by credit notes.</summary>
    public decimal Credited { get; set; }

    /// <summary>Discounts of the lines that stand.</summary>
    public decimal Discounted { get; set; }

    public decimal Open { get; set; } = amount;

    public decimal Returned { get; set; }

    /// <summary>Original VAT where it is settled for itself, else 0.</summary>
    public decimal Vat { get; init; }

    public decimal OpenVat { get; set; }

    public decimal OpenNet => Open - OpenVat;

    /// <summary>Its release was taken back.</summary>
    public bool IsGone { get; set; }

    /// <summary>Principal on which interest was billed already, by day.</summary>
    public Dictionary<DateOnly, decimal> Billed { get; init; } = [];

    public ModelItem Copy() => new(Number, DueDate, Open)
    {
        Amount = Amount, Returned = Returned, Credited = Credited, Discounted = Discounted, Vat = Vat, OpenVat = OpenVat, IsGone = IsGone, Billed = new(Billed),
    };
}

internal sealed record ModelAllocation(ModelInvoice Invoice, ModelItem Item, decimal Amount, decimal OfReturned)
{
    /// <summary>Discount or small difference beside the amount.</summary>
    public decimal Forgiven { get; init; }

    /// <summary>The part of it that is a small difference.</summary>
    public decimal Difference { get; init; }

    /// <summary>How much of all of it is off the VAT part.</summary>
    public decimal Vat { get; init; }

    public decimal Taken => Amount + Forgiven;

    /// <summary>The written-off line that this recovers; null = it takes from what is open.</summary>
    public ModelDebt? Debt { get; init; }
}

/// <summary>A line of a write-off, and what was received for it since.</summary>
internal sealed class ModelDebt(string writeOff, ModelAllocation line)
{
    public string WriteOff => writeOff;

    public ModelAllocation Line => line;

    public decimal Recovered { get; set; }

    public decimal Left => Line.Amount - Recovered;
}

internal sealed record ModelWriteOff(string Id, WriteOffKind Kind, List<ModelDebt> Debts, DateOnly On)
{
    public bool Reversed { get; set; }

    public DateOnly? ReversedOn { get; set; }
}

/// <summary>What was settled at one time; it stands until it is undone.</summary>
internal sealed record ModelSettlement(int No, List<ModelAllocation> Lines)
{
    public bool Undone { get; set; }
}

/// <summary>A payment or a credit note; what it did not pay is unapplied.</summary>
internal sealed record ModelCredit(
    string Number, bool IsPayment, Currency Currency, ModelRate Rate, decimal Amount, DateOnly? ClearsOn, List<ModelSettlement> Settlements, DateOnly? ValueDate = null)
{
    public bool Reversed { get; set; }

    /// <summary>To the company's currency, as posted; null = none was published.</summary>
    public ModelRate? CompanyRate { get; init; }

    /// <summary>A dispute was won by it: what it credits was never owed.</summary>
    public bool IsOfDispute { get; init; }

    /// <summary>Of a credit note, its issue date.</summary>
    public DateOnly? IssueDate { get; init; }

    public IEnumerable<ModelAllocation> Allocations => Settlements.Where(each => !each.Undone).SelectMany(each => each.Lines);

    public decimal Unapplied => Reversed ? 0 : Amount - Allocations.Sum(allocation => allocation.Amount) - Refunds.Sum(refund => refund.OfCredit(this));

    /// <summary>Those that have taken of it and not given back.</summary>
    public List<ModelRefund> Refunds { get; init; } = [];

    /// <summary>What is earmarked and still on the ledger.</summary>
    public decimal Earmarked => Reversed ? 0 : Refunds.Where(refund => refund.IsPending).Sum(refund => refund.OfCredit(this));

    public static List<ModelSettlement> First(List<ModelAllocation> lines) => lines.Count == 0 ? [] : [new ModelSettlement(1, lines)];
}

internal sealed record ModelReservation(string Id, ReservationKind Kind, Currency Currency)
{
    public ReservationStatus Status { get; set; }

    public ModelRate Rate { get; set; } = ModelRate.One;

    /// <summary>Everything that was agreed, of which the clock may have taken a part away.</summary>
    public decimal Ordered { get; set; }

    /// <summary>What of an active one the clock has taken away and no capture has asked for since.</summary>
    public decimal TimedOut { get; set; }

    public decimal Amount => Ordered - TimedOut;

    public decimal Paid { get; set; }

    /// <summary>What may still be captured on credit; earmarked while active, but for what timed out.</summary>
    public decimal Rest { get; set; }

    public decimal Delivered { get; set; }

    public decimal Captured { get; set; }

    /// <summary>What of it was on credit.</summary>
    public decimal CapturedOnCredit { get; set; }

    public DateTimeOffset? ExpiresAt { get; set; }

    public decimal Earmarked => Status == ReservationStatus.Active ? Rest - TimedOut : 0;

    public bool IsActive => Status == ReservationStatus.Active;

    /// <summary>Of an active one with nothing earmarked and nothing paid that is to be invoiced, what it is instead.</summary>
    public void Settle()
    {
        if (!IsActive || Earmarked > 0 || Paid > 0)
        {
            return;
        }

        Status = Rest > 0 ? ReservationStatus.Lapsed : Captured > 0 ? ReservationStatus.Captured : ReservationStatus.Released;
        TimedOut = 0;
    }
}

/// <summary>Money that goes out of unapplied credit.</summary>
internal sealed record ModelRefund(string Id, string By, List<(ModelCredit Credit, decimal Amount)> Parts)
{
    public RefundStatus Status { get; set; }

    public int PayeeVersion { get; set; }

    public string? File { get; set; }

    /// <summary>By part, company currency, when it left; empty before.</summary>
    public List<decimal?> Realised { get; } = [];

    public bool IsPending => Status is RefundStatus.Requested or RefundStatus.Approved;

    public decimal OfCredit(ModelCredit credit) => Parts.Where(part => part.Credit.Number == credit.Number && part.Credit.IsPayment == credit.IsPayment).Sum(part => part.Amount);
}
