using System.Text.Json.Serialization;
using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain.Policies;
using ArCredit.Accounts.Features.Shared;
using ArCredit.Accounts.Projections;
using ArCredit.Kernel;
using ArCredit.Platform.Data;
using ArCredit.Platform.Http;
using Dapper;

namespace ArCredit.Accounts.Features.Reads;

/// <summary>Where an invoice stands.</summary>
internal enum DebitStatus
{
    /// <summary>Nothing was taken off it.</summary>
    Open,

    /// <summary>Part of it was.</summary>
    PartPaid,

    /// <summary>Nothing is open.</summary>
    Cleared,

    /// <summary>Nothing is open, and of that something was given up and not recovered.</summary>
    WrittenOff,
}

/// <summary>An instalment as it stands.</summary>
/// <param name="Instalment">From 1.</param>
/// <param name="DueDate">When it is due; null while it is retained.</param>
/// <param name="Amount">Original; of what is retained less what was released of it, which is an instalment of its own.</param>
/// <param name="OpenAmount">Still open.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Flags">overdue, unearnedDiscount, returned, disputed, promised, inPlan, retained.</param>
internal sealed record InstalmentState(int Instalment, DateOnly? DueDate, decimal Amount, decimal OpenAmount, DebitStatus Status, IReadOnlyList<string> Flags)
{
    /// <summary>What is open without VAT; left out where VAT is not split.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public decimal? NetOpenAmount { get; init; }

    /// <summary>Open VAT; left out where VAT is not split.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public decimal? VatOpenAmount { get; init; }
}

/// <summary>An invoice, debit note or claim as it stands.</summary>
/// <param name="Type">invoice, debitNote, interest or fee.</param>
/// <param name="Number">Its number.</param>
/// <param name="IssueDate">Document date.</param>
/// <param name="Currency">The document's.</param>
/// <param name="Amount">Original.</param>
/// <param name="OpenAmount">Still open.</param>
/// <param name="WrittenOff">Given up and not recovered: bad debt, waivers, differences written off by hand.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Flags">Of the document and of its instalments.</param>
/// <param name="Instalments">By number.</param>
internal sealed record DebitState(
    ItemType Type, string Number, DateOnly IssueDate, Currency Currency, decimal Amount, decimal OpenAmount, decimal WrittenOff, DebitStatus Status,
    IReadOnlyList<string> Flags, IReadOnlyList<InstalmentState> Instalments);

/// <summary>Invoices, debit notes and claims as sums of movements.</summary>
internal static class DebitStates
{
    /// <summary>What was released is an instalment of its own: that much less of what is retained was there from the start.</summary>
    public const string ReleasedSum = "cast(sum(case when kind = 'released' and due_date = '9999-01-01' then amount else 0 end) as bigint) as Released";

    /// <summary>The document as it stood; null when there was none. <paramref name="today"/> is the day that "overdue" is judged on.</summary>
    public static async Task<DebitState?> FindAsync(
        DbSession session, AccountId account, DocumentNumber number, AsKnown asKnown, DateOnly today,
        Func<string?, EffectivePolicy> policyOf, CancellationToken cancellation)
    {
        var parameters = new DynamicParameters();
        var where = asKnown.Where(parameters, account);
        parameters.Add("number", number.Value);

        // A write-off and its reversal have no counterpart; a recovery reinstates, and taken back it is written off again.
        var rows = (await session.Connection.QueryAsync<StateRow>(new CommandDefinition(
            $"""
            select item_type as ItemType, instalment as Instalment, issue_date as IssueDate, due_date as DueDate, min(currency) as Currency,
                   max(original) as Original, cast(sum(amount) as bigint) as OpenAmount, cast(sum(returned) as bigint) as Returned,
                   cast(sum(unearned) as bigint) as Unearned, cast(sum(vat) as bigint) as Vat, max(original_vat) as OriginalVat, {ReleasedSum}, max(flags) as Flags,
                   cast(sum(case when kind in ('writtenOff', 'reinstated')
                                   or (counterpart_type is null and kind in ('waived', 'difference', 'reopened')) then -amount else 0 end) as bigint) as GivenUp
              from ledger_entry
             where {where} and number = @number and item_type not in ('payment', 'creditNote')
             group by item_type, instalment, issue_date, due_date
            having not (sum(case when kind = 'released' then 1 else 0 end) > 0 and sum(case when kind = 'released' then amount else 0 end) = 0 and due_date < '9999-01-01')
             order by instalment
            """,
            parameters, session.Transaction, cancellationToken: cancellation))).AsList();
        if (rows.Count == 0)
        {
            return null;
        }

        var marks = await OpenItemMarks.ReadAsync(session, account, asKnown, today, policyOf, cancellation, number);
        var first = rows[0];
        var currency = Currency.Parse(first.Currency);
        var type = EnumNames.TryParse<ItemType>(first.ItemType, out var known) ? known : throw new InvariantException($"Unknown item type {first.ItemType}.");
        var instalments = rows.ConvertAll(row => new InstalmentState(
            (int)row.Instalment, row.DueDate == RetentionTerms.NoDueDate ? null : row.DueDate, Amounts.Of(row.Original + row.Released, currency), Amounts.Of(row.OpenAmount, currency),
            StatusOf(row.Original + row.Released, row.OpenAmount, row.GivenUp), marks.FlagsOf(
                new OpenItemMarks.ItemAmounts(type, number.Value, row.Instalment, row.DueDate, row.OpenAmount, row.Unearned, row.Returned), [], today))
        {
            NetOpenAmount = row.OriginalVat == 0 ? null : Amounts.Of(row.OpenAmount - row.Vat, currency),
            VatOpenAmount = row.OriginalVat == 0 ? null : Amounts.Of(row.Vat, currency),
        });
        var (original, open, givenUp) = (rows.Sum(row => row.Original + row.Released), rows.Sum(row => row.OpenAmount), rows.Sum(row => row.GivenUp));
        return new DebitState(
            type, number.Value, first.IssueDate, currency, Amounts.Of(original, currency), Amounts.Of(open, currency), Amounts.Of(givenUp, currency),
            StatusOf(original, open, givenUp), [.. (first.Flags?.Split(',') ?? []).Concat(instalments.SelectMany(each => each.Flags)).Distinct()], instalments);
    }

    private static DebitStatus StatusOf(long original, long open, long givenUp) =>
        open == original ? DebitStatus.Open
        : open > 0 ? DebitStatus.PartPaid
        : givenUp > 0 ? DebitStatus.WrittenOff
        : DebitStatus.Cleared;

    private sealed class StateRow
    {
        public string ItemType { get; init; } = string.Empty;

        public long Instalment { get; init; }

        public DateOnly IssueDate { get; init; }

        public DateOnly DueDate { get; init; }

        public string Currency { get; init; } = string.Empty;

        public long Original { get; init; }

        public long OpenAmount { get; init; }

        public long Returned { get; init; }

        public long Unearned { get; init; }

        public long Vat { get; init; }

        public long OriginalVat { get; init; }

        public long Released { get; init; }

        public string? Flags { get; init; }

        public long GivenUp { get; init; }
    }
}
