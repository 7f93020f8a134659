using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Features.Shared;

namespace ArCredit.Accounts.Projections;

/// <summary>A name by which documents call a customer.</summary>
/// <param name="AccountId">The customer.</param>
/// <param name="Kind">A tax id or an electronic address.</param>
/// <param name="Value">Of a tax id as it was entered, without blanks and punctuation; of an address its key.</param>
/// <param name="Country">The customer's, beside a tax id.</param>
internal sealed record PartyRow(string AccountId, string Kind, string Value, string? Country);

/// <summary>Tax ids and electronic addresses of customers, by which documents are told whose they are. Personal data, as names are.</summary>
internal static class PartyTable
{
    public const string Tax = "tax";

    public const string Endpoint = "endpoint";

    internal static readonly SetStatement<PartyRow> Put = new(
        """
        insert into account_party (account_id, kind, value, country)
        select r.account_id, r.kind, r.value, r.country from {rows} where true
        on conflict (account_id, kind, value) do update set country = excluded.country
        """,
        Column.Text<PartyRow>("account_id", row => row.AccountId),
        Column.Text<PartyRow>("kind", row => row.Kind),
        Column.Text<PartyRow>("value", row => row.Value),
        Column.Text<PartyRow>("country", row => row.Country));

    internal static readonly SetStatement<string> Remove = new(
        "delete from account_party where account_id in (select r.account_id from {rows})",
        Column.Text<string>("account_id", account => account));

    /// <summary>The rows of a customer's details.</summary>
    public static IReadOnlyList<PartyRow> Of(string account, AccountDetails details)
    {
        var rows = (details.EndpointIds ?? []).Select(endpoint => new PartyRow(account, Endpoint, endpoint.Key, null)).DistinctBy(row => row.Value).ToList();
        if (details.TaxId is { } tax && TaxNumber.Strip(tax) is { Length: > 0 } stripped)
        {
            rows.Add(new PartyRow(account, Tax, stripped, details.Country));
        }

        return rows;
    }
}
