using System.Globalization;
using ArCredit.Platform.Data;
using ArCredit.Testing.App;
using ArCredit.Testing.Databases;
using ArCredit.Torture.Load;
using ArCredit.Torture.Oracle;
using Dapper;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace ArCredit.Torture.Campaigns;

/// <summary>A trigger refuses certain rows, as a broken constraint or extension would; everybody else goes on.</summary>
internal sealed class PoisonRows : Campaign
{
    private const string GoodFailed = "good requests failed";
    private const string PoisonTaken = "poison acknowledged";
    private const int Poisoners = 4;

    // What a trigger, a constraint, a domain and a broken function say.
    private static readonly string[] States = ["P0001", "23514", "22003", "XX000"];

    public override string Name => "R5";

    public override string Title => "poison rows among good ones, on accounts of their own and on everybody's";

    public override async Task RunAsync(Order order, Dialect dialect, Tally tally)
    {
        await using var database = await TestDatabase.CreateAsync(dialect);
        tally.MustBeZero(GoodFailed, PoisonTaken);
        var swarm = new Swarm(tally, order.Seed, callers: 32, accounts: 8);
        var auditor = new Auditor(tally, Sources.Of(database), swarm.Accounts);
        var settings = order.Settings(AppSettings.On(database), ("Accounts:SnapshotEvery", "25"));
        await using var host = await HostProcess.StartAsync(settings);
        var api = Teller.ClientOf(host);
        await swarm.OpenAccountsAsync(api, limit: 100);
        await OpenOwnAccountsAsync(api);
        await PlantTriggerAsync(dialect, database);

        var running = swarm.Start(api);
        await swarm.SettleMoreAsync(100);
        var poisons = Rounds(order, few: 40, many: 600);
        await Task.WhenAll(Enumerable.Range(0, Poisoners).Select(number => PoisonAsync(api, swarm, tally, Seeds.Random(order.Seed, -2 - number), number, poisons / Poisoners)));
        await swarm.SettleMoreAsync(100);
        await swarm.StopAsync(running);

        // Nothing but the poison was wrong with this database: not even a "try again" is owed to the others.
        var notDone = tally.Of("unknown (503)") + tally.Of("not done (503)") + tally.Of("unanswered");
        for (var i = 0; i < notDone; i++)
        {
            tally.Violation(GoodFailed, "answered 503, or not at all");
        }

        tally.Explain(host.Output);
        await swarm.ResolveAsync(api);
        await auditor.CompareAsync(swarm.Asked);
        await auditor.CompareReadsAsync(api);
        await Verification.RunAsync(settings, tally);
        RequireMet(order, tally);
    }

    private static async Task OpenOwnAccountsAsync(ApiClient api)
    {
        for (var number = 0; number < Poisoners; number++)
        {
            (await api.PutAsync($"/api/v1/accounts/P{number}", new { name = "Poisoner", currency = "EUR", creditLimit = 1000 })).ShouldBe(201);
        }
    }

    private static async Task PoisonAsync(ApiClient api, Swarm swarm, Tally tally, Random random, int number, int count)
    {
        for (var i = 0; i < count; i++)
        {
            var account = random.Next(2) == 0 ? $"P{number}" : swarm.Accounts[random.Next(swarm.Accounts.Count)];
            var id = string.Create(CultureInfo.InvariantCulture, $"X-{number}-{i}");
            var poison = Operation.Reserve(account, id, "pos", 1, reference: "poison-" + States[random.Next(States.Length)]);
            var others = swarm.Teller.UnderWay;
            var answer = await api.SendAsync(HttpMethod.Post, poison.Path, poison.Body, poison.Key);
            tally.Add(Faults);

            // A full account declines; that row carries the reference too and is refused as well.
            tally.Add(Met, others > 0 ? 1 : 0);
            if (answer.Status is 200 or 201)
            {
                tally.Violation(PoisonTaken, answer.Text);
            }
        }
    }

    private static async Task PlantTriggerAsync(Dialect dialect, TestDatabase database)
    {
        if (dialect == Dialect.Sqlite)
        {
            await using var file = new SqliteConnection($"Data Source={Path.Combine(database.Options.DataDirectory, "arcredit.db")};Pooling=false");
            await file.ExecuteAsync(
                "create trigger poison before insert on journal when instr(new.payload, cast('poison-' as blob)) > 0 begin select raise(abort, 'poison'); end");
            return;
        }

        await using var source = NpgsqlDataSource.Create(database.Options.ConnectionString!);
        await using var command = source.CreateCommand(
            $$"""
            create function refuse_poison() returns trigger language plpgsql as $body$
            declare state text := substring(convert_from(new.payload, 'UTF8') from 'poison-([0-9A-Z]{5})');
            begin
                if state is not null then
                    raise exception using errcode = state, message = 'poison';
                end if;
                return new;
            end $body$;
            create trigger poison before insert on journal for each row execute function refuse_poison();
            """);
        await command.ExecuteNonQueryAsync();
    }
}
