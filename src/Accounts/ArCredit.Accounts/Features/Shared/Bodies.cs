using System.Globalization;
using System.Text.Json.Serialization;
using ArCredit.Accounts.Contracts;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Features.Shared;

/// <summary>Paid on the spot, in the document's currency.</summary>
/// <param name="Amount">Above 0, at most the document's.</param>
/// <param name="Method">How it was paid.</param>
internal sealed record PaidBody(decimal Amount, PaymentMethod Method)
{
    /// <summary>The payment; null when nothing was paid.</summary>
    public static Payment? Read(PaidBody? paid, Currency? currency, RequestChecks checks) =>
        paid is null ? null : new Payment(checks.Amount("paid.amount", paid.Amount, currency), paid.Method);
}

/// <summary>Payment terms.</summary>
/// <param name="NetDays">0 to 3650.</param>
/// <param name="EndOfMonth">none when absent.</param>
/// <param name="DayOfMonth">1 to 31.</param>
/// <param name="Discount">Early-payment steps: percent of the amount for money whose value date is within so many days of the issue date.</param>
/// <param name="DiscountBase">gross when absent; net leaves VAT out.</param>
/// <param name="DiscountGraceDays">Added to the steps' days, 0 to 30; 0 when absent.</param>
internal sealed record PaymentTermsBody(
    int NetDays, EndOfMonth? EndOfMonth, int? DayOfMonth, IReadOnlyList<DiscountStep>? Discount,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DiscountBase? DiscountBase = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? DiscountGraceDays = null)
{
    private const int MaxDays = 3650;

    /// <summary>The terms; null when absent.</summary>
    public static PaymentTerms? Read(string path, PaymentTermsBody? terms, RequestChecks checks)
    {
        if (terms is null)
        {
            return null;
        }

        checks.Number($"{path}.netDays", terms.NetDays, 0, MaxDays);
        checks.Number($"{path}.dayOfMonth", terms.DayOfMonth, 1, 31);
        checks.Number($"{path}.discountGraceDays", terms.DiscountGraceDays, 0, 30);
        return new PaymentTerms(
            terms.NetDays, terms.EndOfMonth ?? Contracts.EndOfMonth.None, terms.DayOfMonth, ReadSteps($"{path}.discount", terms.Discount, checks),
            terms.DiscountBase ?? Contracts.DiscountBase.Gross, terms.DiscountGraceDays ?? 0);
    }

    /// <summary>Early-payment steps; empty when there are none.</summary>
    public static IReadOnlyList<DiscountStep> ReadSteps(string path, IReadOnlyList<DiscountStep>? discount, RequestChecks checks)
    {
        var steps = checks.List(path, discount, 10);
        for (var i = 0; i < steps.Count; i++)
        {
            var at = string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]");
            checks.Number($"{at}.percent", steps[i].Percent, 0, 100, 4);
            checks.Number($"{at}.days", steps[i].Days, 0, MaxDays);
        }

        return steps;
    }

    /// <summary>Terms as they are shown; null when there are none.</summary>
    public static PaymentTermsBody? Of(PaymentTerms? terms) =>
        terms is null ? null : new PaymentTermsBody(terms.NetDays, terms.EndOfMonth, terms.DayOfMonth, terms.Discount,
            terms.DiscountBase == Contracts.DiscountBase.Gross ? null : terms.DiscountBase,
            terms.DiscountGraceDays == 0 ? null : terms.DiscountGraceDays);
}

/// <summary>A part of an invoice with a due date of its own.</summary>
internal sealed record InstalmentBody(DateOnly DueDate, decimal Amount)
{
    private const int Max = 500;

    /// <summary>The instalments; empty when there are none.</summary>
    public static IReadOnlyList<Instalment> Read(string path, IReadOnlyList<InstalmentBody>? instalments, Currency? currency, RequestChecks checks)
    {
        var given = checks.List(path, instalments, Max);
        var read = new Instalment[given.Count];
        for (var i = 0; i < read.Length; i++)
        {
            var at = string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]");
            read[i] = new Instalment(
                checks.Date($"{at}.dueDate", given[i].DueDate), checks.Amount($"{at}.amount", given[i].Amount, currency).Minor);
        }

        return read;
    }
}
