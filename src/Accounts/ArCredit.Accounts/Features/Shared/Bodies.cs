using System.Globalization;
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
/// <param name="Discount">Early-payment steps.</param>
internal sealed record PaymentTermsBody(int NetDays, EndOfMonth? EndOfMonth, int? DayOfMonth, IReadOnlyList<DiscountStep>? Discount)
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
        var steps = checks.List($"{path}.discount", terms.Discount, 10);
        for (var i = 0; i < steps.Count; i++)
        {
            var at = string.Create(CultureInfo.InvariantCulture, $"{path}.discount[{i}]");
            checks.Number($"{at}.percent", steps[i].Percent, 0, 100, 4);
            checks.Number($"{at}.days", steps[i].Days, 0, MaxDays);
        }

        return new PaymentTerms(terms.NetDays, terms.EndOfMonth ?? Contracts.EndOfMonth.None, terms.DayOfMonth, steps);
    }

    /// <summary>Terms as they are shown; null when there are none.</summary>
    public static PaymentTermsBody? Of(PaymentTerms? terms) =>
        terms is null ? null : new PaymentTermsBody(terms.NetDays, terms.EndOfMonth, terms.DayOfMonth, terms.Discount);
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
