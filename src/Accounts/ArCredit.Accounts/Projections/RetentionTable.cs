using ArCredit.Accounts.Contracts;
using ArCredit.Kernel;
using ArCredit.Platform.Data;
using ArCredit.Platform.Journal;

namespace ArCredit.Accounts.Projections;

/// <summary>What is held back of an invoice, as posted; what is left of it is the open amount of its item.</summary>
internal sealed record RetentionRow(string AccountId, long Version, string Number, Currency Currency, DateOnly IssueDate, RetentionTerms Terms)
{
    public static IEnumerable<RetentionRow> Of(JournalRow row, InvoicePosted posted) => posted.Retention is not { } terms
        ? []
        : [new RetentionRow(row.AccountId, row.Version, posted.Number.Value, posted.Currency, posted.IssueDate, terms)];
}

/// <summary>Retentions.</summary>
internal static class RetentionTable
{
    internal static readonly SetStatement<RetentionRow> Insert = new(
        """
        insert into retention (account_id, number, instalment, currency, amount, issue_date, expected_on, due_days, version)
        select r.account_id, r.number, r.instalment, r.currency, r.amount, r.issue_date, r.expected_on, r.due_days, r.version from {rows}
        """,
        Column.Text<RetentionRow>("account_id", row => row.AccountId),
        Column.Text<RetentionRow>("number", row => row.Number),
        Column.Number<RetentionRow>("instalment", row => row.Terms.Instalment),
        Column.Text<RetentionRow>("currency", row => row.Currency.Code),
        Column.Number<RetentionRow>("amount", row => row.Terms.Amount),
        Column.Date<RetentionRow>("issue_date", row => row.IssueDate),
        Column.Date<RetentionRow>("expected_on", row => row.Terms.ExpectedOn ?? RetentionTerms.NoDueDate),
        Column.NumberOrNull<RetentionRow>("due_days", row => row.Terms.DueDays),
        Column.Number<RetentionRow>("version", row => row.Version));
}
