using ArCredit.Platform.Data;
using Dapper;

namespace ArCredit.Banking.Matching;

/// <summary>Whose bank account is whose, as people confirmed it.</summary>
internal sealed class LearnedLinks(IDatabase database)
{
    /// <summary>Customers that pay from an account, as <see cref="PartyAccount"/> makes it.</summary>
    public async Task<IReadOnlyList<string>> AccountsOfAsync(string partyAccount, CancellationToken cancellation)
    {
        await using var session = await database.OpenReadAsync(cancellation);
        return [.. await session.Connection.QueryAsync<string>(new CommandDefinition(
            "select customer from bank_link where party_account = @partyAccount order by customer", new { partyAccount }, cancellationToken: cancellation))];
    }

    /// <summary>False when it was known.</summary>
    public static async Task<bool> LearnAsync(DbSession session, string partyAccount, string customer, string by, DateTimeOffset now) => await session.Connection.ExecuteAsync(
        """
        insert into bank_link (party_account, customer, learned_at, learned_by) values (@partyAccount, @customer, @now, @by)
        on conflict (party_account, customer) do nothing
        """,
        new { partyAccount, customer, now, by }, session.Transaction) == 1;

    /// <summary>False when it was not known.</summary>
    public static async Task<bool> UnlearnAsync(DbSession session, string partyAccount, string customer) => await session.Connection.ExecuteAsync(
        "delete from bank_link where party_account = @partyAccount and customer = @customer", new { partyAccount, customer }, session.Transaction) == 1;
}
