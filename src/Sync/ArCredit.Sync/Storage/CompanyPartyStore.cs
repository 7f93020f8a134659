using System.Text.Json;
using ArCredit.Platform.Data;
using ArCredit.Platform.Http;
using ArCredit.Sync.Parties;
using Dapper;

namespace ArCredit.Sync.Storage;

/// <summary>Who companies are in e-invoices. There are few of them.</summary>
internal sealed class CompanyPartyStore(IDatabase database)
{
    /// <summary>All, by company.</summary>
    public async Task<IReadOnlyList<(string Company, CompanyParty Party)>> AllAsync(CancellationToken cancellation)
    {
        await using var session = await database.OpenReadAsync(cancellation);
        var rows = await session.Connection.QueryAsync<(string Company, string Body)>(
            new CommandDefinition("select company, body from einvoice_company order by company", cancellationToken: cancellation));
        return [.. rows.Select(row => (row.Company, Read(row.Body)))];
    }

    /// <summary>Null when nothing was said of the company.</summary>
    public async Task<CompanyParty?> FindAsync(string company, CancellationToken cancellation)
    {
        await using var session = await database.OpenReadAsync(cancellation);
        var body = await session.Connection.QueryFirstOrDefaultAsync<string?>(
            new CommandDefinition("select body from einvoice_company where company = @company", new { company }, cancellationToken: cancellation));
        return body is null ? null : Read(body);
    }

    /// <summary>True when it is new.</summary>
    public async Task<bool> PutAsync(string company, CompanyParty party, CancellationToken cancellation)
    {
        await using var session = await database.BeginWriteAsync(cancellation);
        var known = await session.Connection.ExecuteScalarAsync<long>("select count(*) from einvoice_company where company = @company", new { company }, session.Transaction);
        await session.Connection.ExecuteAsync(
            "insert into einvoice_company (company, body) values (@company, @body) on conflict (company) do update set body = excluded.body",
            new { company, body = JsonSerializer.Serialize(party, ApiJson.Options) }, session.Transaction);
        await session.CommitAsync(cancellation);
        return known == 0;
    }

    private static CompanyParty Read(string body) => JsonSerializer.Deserialize<CompanyParty>(body, ApiJson.Options)!;
}
