using ArCredit.Platform.Data;
using Dapper;

namespace ArCredit.Sync.Storage;

/// <summary>Whose documents are that name their buyer in a way that no account has, as people said.</summary>
internal sealed class LearnedBuyers(IDatabase database)
{
    /// <summary>Null when nobody said.</summary>
    public async Task<string?> FindAsync(string company, string partyKey, CancellationToken cancellation)
    {
        await using var session = await database.OpenReadAsync(cancellation);
        return await session.Connection.QueryFirstOrDefaultAsync<string?>(new CommandDefinition(
            "select account_id from einvoice_buyer where company = @company and party_key = @partyKey", new { company, partyKey }, cancellationToken: cancellation));
    }

    /// <summary>The newest word counts.</summary>
    public static Task LearnAsync(DbSession session, string company, string partyKey, string account, string by, DateTimeOffset at) => session.Connection.ExecuteAsync(
        """
        insert into einvoice_buyer (company, party_key, account_id, learned_by, learned_at) values (@company, @partyKey, @account, @by, @at)
        on conflict (company, party_key) do update set account_id = excluded.account_id, learned_by = excluded.learned_by, learned_at = excluded.learned_at
        """,
        new { company, partyKey, account, by, at }, session.Transaction);
}
