using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Features.Shared;
using ArCredit.Kernel;
using ArCredit.Platform.Data;
using ArCredit.Platform.Journal;
using Dapper;

namespace ArCredit.Accounts.Projections;

/// <summary>Searches <c>account_party</c>, and reads master data that decides nothing.</summary>
internal sealed class PartyReader(IDatabase database, IAccounts accounts, IJournalReader journal) : IParties
{
    // Numbers that look alike without their country are judged here, so that more are read than are asked for.
    private const int MaxRead = 1000;

    private const string Select =
        """
        select p.account_id as AccountId, n.name as Name, p.value as Value, p.country as Country
          from account_party p
          join account_view v on v.account_id = p.account_id and v.company = @company
          left join account_name n on n.account_id = p.account_id
        """;

    public async Task<IReadOnlyList<FoundAccount>> ByTaxIdAsync(string company, string taxId, string? country, int limit, CancellationToken cancellation)
    {
        var wanted = TaxNumber.Of(taxId, country);
        await using var session = await database.OpenReadAsync(cancellation);
        var oneOf = session.Dialect == Dialect.PostgreSql ? "= any(@forms)" : "in @forms";
        var rows = await session.Connection.QueryAsync<Row>(new CommandDefinition(
            $"{Select} where p.value {oneOf} and p.kind = '{PartyTable.Tax}' order by p.account_id limit {MaxRead}",
            new { company, forms = wanted.Forms().ToArray() }, cancellationToken: cancellation));
        return [.. rows.Where(row => TaxNumber.Of(row.Value, row.Country).IsSame(wanted)).Select(ToFound).Take(limit)];
    }

    public async Task<IReadOnlyList<FoundAccount>> ByEndpointAsync(string company, PartyId endpoint, int limit, CancellationToken cancellation)
    {
        await using var session = await database.OpenReadAsync(cancellation);
        var rows = await session.Connection.QueryAsync<Row>(new CommandDefinition(
            $"{Select} where p.value = @key and p.kind = '{PartyTable.Endpoint}' order by p.account_id limit @limit",
            new { company, key = endpoint.Key, limit }, cancellationToken: cancellation));
        return [.. rows.Select(ToFound)];
    }

    public async Task<PartyDetails?> ReadAsync(AccountId account, CancellationToken cancellation)
    {
        if (await accounts.ReadAsync(account, cancellation) is not { } view)
        {
            return null;
        }

        var texts = await journal.ReadTextsAsync(account.Value, [view.Details.Id], cancellation);
        var details = AccountDetails.Parse(texts.GetValueOrDefault(view.Details.Id)?.Body);
        return new PartyDetails(account, view.Master.Company, details.Name, details.Country, details.TaxId, details.EndpointIds ?? [], details.Address);
    }

    private static FoundAccount ToFound(Row row) => new(AccountId.Parse(row.AccountId), row.Name);

    private sealed class Row
    {
        public string AccountId { get; init; } = string.Empty;

        public string? Name { get; init; }

        public string Value { get; init; } = string.Empty;

        public string? Country { get; init; }
    }
}
