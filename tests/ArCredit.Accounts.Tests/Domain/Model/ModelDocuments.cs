using ArCredit.Accounts.Contracts;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Tests.Domain.Model;

/// <summary>An invoice of the reference model; amounts in major units. Nothing is ever removed.</summary>
internal sealed record ModelInvoice(string Number, Currency Currency, ModelRate Rate, DateOnly IssueDate, decimal Amount, List<ModelItem> Items)
{
    public decimal Credited { get; set; }

    public decimal Open => Items.Sum(item => item.Open);
}

internal sealed class ModelItem(int number, DateOnly dueDate, decimal amount)
{
    public int Number => number;

    public DateOnly DueDate => dueDate;

    public decimal Open { get; set; } = amount;

    public decimal Returned { get; set; }

    public ModelItem Copy() => new(Number, DueDate, Open) { Returned = Returned };
}

internal sealed record ModelAllocation(ModelInvoice Invoice, ModelItem Item, decimal Amount, decimal OfReturned);

/// <summary>A payment or a credit note; what it did not pay is unapplied.</summary>
internal sealed record ModelCredit(
    string Number, bool IsPayment, Currency Currency, ModelRate Rate, decimal Amount, DateOnly? ClearsOn, List<ModelAllocation> Allocations)
{
    public bool Reversed { get; set; }

    public decimal Unapplied => Reversed ? 0 : Amount - Allocations.Sum(allocation => allocation.Amount);
}

internal sealed record ModelReservation(string Id, ReservationKind Kind, Currency Currency)
{
    public ReservationStatus Status { get; set; }

    public ModelRate Rate { get; set; } = ModelRate.One;

    public decimal Amount { get; set; }

    public decimal Paid { get; set; }

    /// <summary>What may still be captured; earmarked while active.</summary>
    public decimal Rest { get; set; }

    public decimal Delivered { get; set; }

    public decimal Captured { get; set; }

    /// <summary>What of it was on credit.</summary>
    public decimal CapturedOnCredit { get; set; }

    public DateTimeOffset? ExpiresAt { get; set; }

    public decimal Earmarked => Status == ReservationStatus.Active ? Rest : 0;
}
