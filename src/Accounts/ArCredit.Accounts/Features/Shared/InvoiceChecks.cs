using ArCredit.Accounts.Contracts;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Features.Shared;

/// <summary>The fields that an invoice has however it is posted; amounts in major units.</summary>
internal readonly record struct InvoiceFields(
    DocumentNumber Number, DateOnly IssueDate, DateOnly? DueDate, DateOnly? PostedOn, decimal? Amount, decimal? TaxAmount, decimal? FxRate,
    IReadOnlyList<InstalmentBody>? Instalments, string? Department, string? Reference, IReadOnlyList<DiscountStep>? Discount,
    RetentionBody? Retention);

/// <summary>Reads those fields.</summary>
internal static class InvoiceChecks
{
    /// <summary>The facts of an invoice; <paramref name="at"/> is the path of its fields, with its dot.</summary>
    public static InvoiceFacts Read(string at, in InvoiceFields fields, Currency? currency, RequestChecks checks)
    {
        var tax = checks.Amount($"{at}taxAmount", fields.TaxAmount, currency, orZero: true);
        if (fields.TaxAmount > fields.Amount)
        {
            checks.Refuse($"{at}taxAmount", "must not be above the amount");
        }

        var instalments = InstalmentBody.Read($"{at}instalments", fields.Instalments, currency, checks);
        if (instalments.Count > 0 && fields.DueDate is not null)
        {
            checks.Refuse($"{at}dueDate", "must be left out where instalments have due dates of their own");
        }

        return new InvoiceFacts(
            checks.NotReserved($"{at}number", fields.Number), checks.Date($"{at}issueDate", fields.IssueDate), checks.Date($"{at}dueDate", fields.DueDate),
            checks.Date($"{at}postedOn", fields.PostedOn), tax?.Minor, checks.Rate($"{at}fxRate", fields.FxRate), instalments,
            checks.Line($"{at}department", fields.Department, 64), checks.Line($"{at}reference", fields.Reference, RequestChecks.MaxReference),
            fields.Discount is null ? null : PaymentTermsBody.ReadSteps($"{at}discount", fields.Discount, checks),
            RetentionBody.Read($"{at}retention", fields.Retention, currency, checks));
    }
}
