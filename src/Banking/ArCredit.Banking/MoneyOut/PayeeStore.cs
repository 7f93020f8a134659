using ArCredit.Accounts.Contracts;
using ArCredit.Banking.Storage;
using ArCredit.Kernel;
using ArCredit.Platform.Data;
using Dapper;

namespace ArCredit.Banking.MoneyOut;

/// <summary>One version of a payee account.</summary>
internal sealed class Payee
{
    public string AccountId { get; init; } = string.Empty;

    public string Id { get; init; } = string.Empty;

    public long Version { get; init; }

    public string Iban { get; init; } = string.Empty;

    public string Holder { get; init; } = string.Empty;

    public string? Bic { get; init; }

    public string EnteredBy { get; init; } = string.Empty;

    public DateTimeOffset EnteredAt { get; init; }

    public string? ConfirmedBy { get; init; }

    /// <summary>First day on which money may go to it; null until it is confirmed.</summary>
    public DateOnly? UsableFrom { get; init; }
}

/// <summary>How a confirmation went.</summary>
internal enum Confirmation
{
    /// <summary>It is confirmed, now or by the same person before.</summary>
    Done,

    /// <summary>There is no such payee.</summary>
    Unknown,

    /// <summary>There is a newer version.</summary>
    Changed,

    /// <summary>By who entered it.</summary>
    Own,

    /// <summary>Another person has confirmed it before.</summary>
    Already,
}

/// <summary>Payee accounts of customers. Only people enter them: what matching has learned of a payer's bank account is none.</summary>
internal sealed class PayeeStore(IDatabase database, AccountTimeline timeline, TimeProvider time) : IPayees
{
    /// <summary>Days from confirmation until money may go out, where the company has no rule of its own.</summary>
    public const int ShippedCoolDown = 2;

    private const string Select =
        """
        select account_id as AccountId, payee as Id, version as Version, iban as Iban, holder as Holder, bic as Bic, entered_by as EnteredBy,
               entered_at as EnteredAt, confirmed_by as ConfirmedBy, usable_from as UsableFrom
          from payee_account
        """;

    private const string Newest = "version = (select max(n.version) from payee_account n where n.account_id = payee_account.account_id and n.payee = payee_account.payee)";

    public async Task<PayeeStand?> FindAsync(AccountId account, string payee, CancellationToken cancellation)
    {
        await using var session = await database.OpenReadAsync(cancellation);
        return await NewestAsync(session, account.Value, payee) is { } found ? new PayeeStand((int)found.Version, found.ConfirmedBy is not null) : null;
    }

    /// <summary>The newest version of one; null = there is none.</summary>
    public static Task<Payee?> NewestAsync(DbSession session, string account, string payee) => session.Connection.QueryFirstOrDefaultAsync<Payee?>(
        $"{Select} where account_id = @account and payee = @payee order by version desc limit 1", new { account, payee }, session.Transaction);

    /// <summary>One version; null = there is none.</summary>
    public static Task<Payee?> VersionAsync(DbSession session, string account, string payee, long version) => session.Connection.QueryFirstOrDefaultAsync<Payee?>(
        $"{Select} where account_id = @account and payee = @payee and version = @version", new { account, payee, version }, session.Transaction);

    /// <summary>The newest versions of a customer's payees, by id.</summary>
    public async Task<IReadOnlyList<Payee>> OfAccountAsync(AccountId account, string after, int limit, CancellationToken cancellation)
    {
        await using var session = await database.OpenReadAsync(cancellation);
        return [.. await session.Connection.QueryAsync<Payee>(new CommandDefinition(
            $"{Select} where account_id = @account and payee > @after and {Newest} order by payee limit @limit",
            new { account = account.Value, after, limit }, cancellationToken: cancellation))];
    }

    /// <summary>The newest version; a change of anything is a new one, pending. True = there was none of that id.</summary>
    public async Task<(Payee Payee, bool IsNew)> PutAsync(
        AccountId account, string payee, string iban, string holder, string? bic, string caller, CancellationToken cancellation)
    {
        await using var session = await database.BeginWriteAsync(cancellation);
        await Turn.TakeAsync(session);
        var known = await NewestAsync(session, account.Value, payee);
        if (known is not null && (known.Iban, known.Holder, known.Bic) == (iban, holder, bic))
        {
            return (known, false);
        }

        var version = (known?.Version ?? 0) + 1;
        await session.Connection.ExecuteAsync(
            """
            insert into payee_account (account_id, payee, version, iban, holder, bic, entered_by, entered_at)
            values (@account, @payee, @version, @iban, @holder, @bic, @caller, @now)
            """,
            new { account = account.Value, payee, version, iban, holder, bic, caller, now = time.GetUtcNow() }, session.Transaction);
        var stored = (await NewestAsync(session, account.Value, payee))!;
        await timeline.PayeeAsync(session, stored, known is null ? "payeeAdded" : "payeeChanged", caller);
        await session.CommitAsync(cancellation);
        return (stored, known is null);
    }

    /// <summary>A second person says that it is right; from then on the cool-down runs.</summary>
    public async Task<(Confirmation Outcome, Payee? Payee)> ConfirmAsync(
        AccountId account, string payee, long version, string company, DateOnly today, string caller, CancellationToken cancellation)
    {
        await using var session = await database.BeginWriteAsync(cancellation);
        await Turn.TakeAsync(session);
        switch (await NewestAsync(session, account.Value, payee))
        {
            case null:
                return (Confirmation.Unknown, null);
            case var found when found.Version != version:
                return (Confirmation.Changed, found);
            case { ConfirmedBy: { } by } found:
                return (by == caller ? Confirmation.Done : Confirmation.Already, found);
            case var found when found.EnteredBy == caller:
                return (Confirmation.Own, found);
        }

        var days = await CoolDownOfAsync(session, company);
        await session.Connection.ExecuteAsync(
            """
            update payee_account set confirmed_by = @caller, confirmed_at = @now, usable_from = @usableFrom
             where account_id = @account and payee = @payee and version = @version and confirmed_by is null
            """,
            new { account = account.Value, payee, version, caller, now = time.GetUtcNow(), usableFrom = today.AddDays(days) }, session.Transaction);
        var stored = (await NewestAsync(session, account.Value, payee))!;
        await timeline.PayeeAsync(session, stored, "payeeConfirmed", caller);
        await session.CommitAsync(cancellation);
        return (Confirmation.Done, stored);
    }

    public async Task PutCoolDownAsync(string company, int days, CancellationToken cancellation)
    {
        await using var session = await database.BeginWriteAsync(cancellation);
        await session.Connection.ExecuteAsync(
            "insert into payment_rule (company, cool_down_days) values (@company, @days) on conflict (company) do update set cool_down_days = excluded.cool_down_days",
            new { company, days }, session.Transaction);
        await session.CommitAsync(cancellation);
    }

    public async Task<int> CoolDownOfAsync(string company, CancellationToken cancellation)
    {
        await using var session = await database.OpenReadAsync(cancellation);
        return await CoolDownOfAsync(session, company);
    }

    /// <summary>Days from a confirmation of a bank account to the first on which money may move by it.</summary>
    public static async Task<int> CoolDownOfAsync(DbSession session, string company) => (int)(await session.Connection.QueryFirstOrDefaultAsync<long?>(
        "select cool_down_days from payment_rule where company = @company", new { company }, session.Transaction) ?? ShippedCoolDown);
}

/// <summary>What moves money out takes turns: two files at a time would not see each other's refunds.</summary>
internal static class Turn
{
    private const long Key = 0x4172_4372_4d6f_6e65;

    public static Task TakeAsync(DbSession session) => session.Dialect == Dialect.PostgreSql
        ? session.Connection.ExecuteAsync("select pg_advisory_xact_lock(@Key)", new { Key }, session.Transaction)
        : Task.CompletedTask;
}
