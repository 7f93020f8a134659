using System.Globalization;
using System.Text.RegularExpressions;
using ArCredit.Platform.Data;
using ArCredit.Testing.App;
using Dapper;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace ArCredit.Testing.Tampering;

/// <summary>
/// Campaign R9 as an operator would see it: a server writes, heads are exported, then many accounts are changed by hand, each in
/// one way, and <c>verify</c> must name every one of them.
/// </summary>
public static partial class TamperedByCommand
{
    // Most of them flip a byte of an event: it is the change that hides best.
    private const int Flipped = 20;
    private const int PerOtherKind = 2;
    private const int Reservations = 6;

    /// <summary>Runs it on an empty database that settings name.</summary>
    public static async Task<TamperingResult> RunAsync(AppSettings settings, DataOptions database, int seed)
    {
        var random = new Random(seed);
        var plan = Enumerable.Repeat(Tampering.All[0], Flipped - PerOtherKind).Concat(Tampering.All.SelectMany(kind => Enumerable.Repeat(kind, PerOtherKind)))
            .Select((kind, i) => (Kind: kind, Account: string.Create(CultureInfo.InvariantCulture, $"V{i:00}"))).ToList();
        await using (var host = await HostProcess.StartAsync(settings))
        {
            foreach (var account in plan.Select(each => each.Account).Append(Other))
            {
                await WrittenHistory.ReserveAsync(host.Admin, account, Reservations);
            }

            (await host.Admin.GetAsync("/api/v1/accounts")).ShouldBe(200);
            await host.StopAsync();
        }

        var heads = Path.Combine(settings.DataDirectory!, "heads.txt");
        var (exitCode, output) = await VerifyAsync(settings, "--write-heads", heads);
        if (exitCode != 0)
        {
            return new TamperingResult(plan.Count, 0, [$"What nobody changed is not whole: {output}"]);
        }

        var changes = await ChangeAsync(database, plan, random);
        (exitCode, output) = await VerifyAsync(settings, "--heads", heads);
        var named = Named().Matches(output)
            .Select(match => (Account: match.Groups[1].Value, Version: long.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture))).ToList();
        var missed = plan.Zip(changes).Where(each => !named.Any(line => line.Account == each.First.Account && line.Version <= each.Second.Version))
            .Select(each => string.Create(
                CultureInfo.InvariantCulture, $"seed {seed}: {each.First.Kind.Name}, account {each.First.Account} version {each.Second.Version}, {each.Second.What}"))
            .ToList();
        if (exitCode != 1)
        {
            missed.Add(string.Create(CultureInfo.InvariantCulture, $"seed {seed}: exit code {exitCode} after {plan.Count} changes"));
        }

        return new TamperingResult(plan.Count, plan.Count - missed.Count, missed);
    }

    private const string Other = "OTHER";

    private static Task<(int ExitCode, string Output)> VerifyAsync(AppSettings settings, params string[] args) =>
        HostProcess.RunToEndAsync(settings, ["verify", "--data", settings.DataDirectory!, .. args]);

    private static async Task<List<TamperedRow>> ChangeAsync(DataOptions database, List<(Tampering Kind, string Account)> plan, Random random)
    {
        await using var session = await OpenAsync(database);
        var changes = new List<TamperedRow>();
        foreach (var (kind, account) in plan)
        {
            changes.Add(await kind.ChangeAsync(session, new TamperedPlace(account, await LastAsync(session, account), (Other, await LastAsync(session, Other)), random)));
        }

        await session.CommitAsync(CancellationToken.None);
        return changes;
    }

    private static async Task<DbSession> OpenAsync(DataOptions database)
    {
        if (database.Dialect == Dialect.PostgreSql)
        {
            var postgres = new NpgsqlConnection(database.ConnectionString);
            await postgres.OpenAsync();
            return new DbSession(Dialect.PostgreSql, postgres, await postgres.BeginTransactionAsync());
        }

        var sqlite = new SqliteConnection($"Data Source={Path.Combine(database.DataDirectory, "arcredit.db")};Pooling=false");
        sqlite.Open();
        return new DbSession(Dialect.Sqlite, sqlite, sqlite.BeginTransaction());
    }

    private static Task<long> LastAsync(DbSession session, string account) => session.Connection.ExecuteScalarAsync<long>(
        "select max(version) from journal where account_id = @account", new { account }, session.Transaction);

    [GeneratedRegex(@"^Account (\S+) version (\d+): (?:journal|heads): ", RegexOptions.Multiline)]
    private static partial Regex Named();
}
