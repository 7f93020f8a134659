using System.Text.Json.Serialization;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Contracts;

/// <summary>What a customer holds back of an invoice, as it is asked for: a share or an amount of gross.</summary>
/// <param name="Percent">Of the invoice's amount, above 0 and below 100, at most four decimals; null = by amount.</param>
/// <param name="Amount">Minor units of the invoice's currency, above 0 and below its amount; null = by share.</param>
/// <param name="ExpectedOn">When its release is expected; null = not known.</param>
/// <param name="DueDays">Days from the release to its due date; null = by the account's terms.</param>
public sealed record RetentionFacts(decimal? Percent, long? Amount, DateOnly? ExpectedOn, int? DueDays);

/// <summary>
/// What is held back of an invoice until acceptance or the end of a warranty: an instalment of its own, the last one posted. It has no
/// due date; where one must stand it is <see cref="NoDueDate"/>. What is released of it is an instalment behind it with a due date.
/// </summary>
/// <param name="Instalment">Its number; higher ones were released of it.</param>
/// <param name="Amount">All that was held back when the invoice was posted, minor units.</param>
/// <param name="Vat">VAT within that, where it is settled for itself.</param>
/// <param name="ExpectedOn">When its release is expected; null = not known.</param>
/// <param name="DueDays">Days from the release to its due date; null = by the account's terms.</param>
public sealed record RetentionTerms(int Instalment, long Amount, long Vat = 0, DateOnly? ExpectedOn = null, int? DueDays = null)
{
    /// <summary>
    /// Behind every due date there is: what is never due is never overdue, and comes last in every order. Not the last day there is,
    /// which PostgreSQL would be told as infinity.
    /// </summary>
    public static readonly DateOnly NoDueDate = new(9999, 1, 1);

    /// <summary>When it would be due, had it been released when that was expected; <see cref="NoDueDate"/> = nobody knows.</summary>
    [JsonIgnore]
    public DateOnly ExpectedDue => DueWhenExpected(ExpectedOn ?? NoDueDate, DueDays ?? 0);

    /// <summary>The same of terms that are stored apart.</summary>
    public static DateOnly DueWhenExpected(DateOnly expectedOn, int dueDays) =>
        expectedOn.DayNumber + dueDays < NoDueDate.DayNumber ? expectedOn.AddDays(dueDays) : NoDueDate;
}

/// <summary>Releases what is retained of an invoice, or a part of it: from then on it is due like any instalment.</summary>
/// <param name="Invoice">The invoice.</param>
/// <param name="Amount">Major units of the invoice's currency, which only the account knows; null = all that is retained and not disputed.</param>
/// <param name="On">Date of the release, and its accounting date; null = today.</param>
/// <param name="DueDate">Null = by the retention's own terms, counted from the release.</param>
/// <param name="Reason">For people.</param>
public sealed record ReleaseRetention(DocumentNumber Invoice, decimal? Amount, DateOnly? On, DateOnly? DueDate, FreeText Reason) : AccountCommand
{
    /// <inheritdoc/>
    public override IEnumerable<FreeText> Texts => [Reason];
}

/// <summary>Takes a release back: what it released is retained again. Refused once something was taken off it.</summary>
/// <param name="Invoice">The invoice.</param>
/// <param name="Instalment">The one that was released.</param>
/// <param name="Note">Why.</param>
public sealed record ReverseRelease(DocumentNumber Invoice, int Instalment, FreeText? Note) : AccountCommand
{
    /// <inheritdoc/>
    public override IEnumerable<FreeText> Texts => Note is null ? [] : [Note];
}

/// <summary>A retention was released, wholly or in part.</summary>
/// <param name="Retained">What it took off what is retained.</param>
/// <param name="Instalment">The new instalment, of that amount and that VAT.</param>
/// <param name="DueDate">Its due date.</param>
/// <param name="Currency">The invoice's.</param>
/// <param name="ReleasedOn">Date of the release.</param>
/// <param name="PostedOn">Accounting date.</param>
/// <param name="Reason">For people.</param>
public sealed record RetentionReleased(
    Allocation Retained, int Instalment, DateOnly DueDate, Currency Currency, DateOnly ReleasedOn, DateOnly PostedOn, TextRef Reason) : AccountEvent
{
    /// <summary>The new instalment as far as it moved: all of it.</summary>
    [JsonIgnore]
    public Allocation Released => Retained with { Instalment = Instalment, DueDate = DueDate, InstalmentAmount = Retained.Amount, InstalmentVat = Retained.Vat };
}

/// <summary>A release was taken back.</summary>
/// <param name="Retained">What is retained again.</param>
/// <param name="Instalment">The instalment that is no more.</param>
/// <param name="DueDate">What was its due date.</param>
/// <param name="Currency">The invoice's.</param>
/// <param name="PostedOn">Accounting date of the reversal.</param>
/// <param name="Note">Why.</param>
public sealed record ReleaseReversed(
    Allocation Retained, int Instalment, DateOnly DueDate, Currency Currency, DateOnly PostedOn, TextRef? Note) : AccountEvent
{
    /// <summary>The instalment that is no more.</summary>
    [JsonIgnore]
    public Allocation Released => Retained with { Instalment = Instalment, DueDate = DueDate, InstalmentAmount = Retained.Amount, InstalmentVat = Retained.Vat };
}
