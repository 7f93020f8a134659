using System.Globalization;
using ArCredit.Accounts.Contracts;
using ArCredit.Platform.Data;
using ArCredit.Platform.Http;
using ArCredit.Platform.Journal;

namespace ArCredit.Accounts.Projections;

/// <summary>What a claim billed of some days of an item.</summary>
internal sealed record InterestRow(
    string AccountId, string Claim, int Line, DateTimeOffset RecordedAt, DateOnly PostedOn, long Version, InterestSlice Slice)
{
    public static IEnumerable<InterestRow> Of(JournalRow row, DebitPosted posted) => (posted.Interest?.Slices ?? [])
        .Select((slice, line) => new InterestRow(row.AccountId, posted.Number.Value, line, row.RecordedAt, posted.PostedOn, row.Version, slice));
}

/// <summary>The table of billed interest.</summary>
internal static class InterestTable
{
    internal static readonly SetStatement<InterestRow> Insert = new(
        """
        insert into interest_slice (account_id, claim, line, recorded_at, posted_on, number, instalment, from_on, to_on, principal, percent, unit, version)
        select r.account_id, r.claim, r.line, r.recorded_at, r.posted_on, r.number, r.instalment, r.from_on, r.to_on, r.principal, r.percent, r.unit, r.version
          from {rows}
        """,
        Column.Text<InterestRow>("account_id", row => row.AccountId),
        Column.Text<InterestRow>("claim", row => row.Claim),
        Column.Number<InterestRow>("line", row => row.Line),
        Column.Instant<InterestRow>("recorded_at", row => row.RecordedAt),
        Column.Date<InterestRow>("posted_on", row => row.PostedOn),
        Column.Text<InterestRow>("number", row => row.Slice.Invoice.Value),
        Column.Number<InterestRow>("instalment", row => row.Slice.Instalment),
        Column.Date<InterestRow>("from_on", row => row.Slice.From),
        Column.Date<InterestRow>("to_on", row => row.Slice.To),
        Column.Number<InterestRow>("principal", row => row.Slice.Principal),
        Column.Text<InterestRow>("percent", row => row.Slice.Percent.ToString(CultureInfo.InvariantCulture)),
        Column.Text<InterestRow>("unit", row => EnumNames.Name(row.Slice.Unit)),
        Column.Number<InterestRow>("version", row => row.Version));
}
