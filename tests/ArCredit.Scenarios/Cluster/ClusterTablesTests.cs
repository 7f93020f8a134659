using System.Text.RegularExpressions;
using ArCredit.Accounts.Orleans;
using ArCredit.Platform.Data;
using ArCredit.Testing.App;
using ArCredit.Testing.Databases;
using Npgsql;
using Shouldly;
using Xunit;

namespace ArCredit.Scenarios.Cluster;

/// <summary>What Orleans' providers look for in a database, also in builds that have none of them.</summary>
public sealed class ClusterTablesTests
{
    private const string Script = "ArCredit.Accounts.Orleans.Migrations.20261122_50_orleans.postgres.sql";

    private static readonly string[] Keys =
    [
        "GatewaysQueryKey", "MembershipReadRowKey", "MembershipReadAllKey", "InsertMembershipVersionKey", "UpdateIAmAlivetimeKey",
        "InsertMembershipKey", "UpdateMembershipKey", "DeleteMembershipTableEntriesKey", "CleanupDefunctSiloEntriesKey",
        "ReadReminderRowsKey", "ReadRangeRows1Key", "ReadRangeRows2Key", "ReadReminderRowKey", "UpsertReminderRowKey", "DeleteReminderRowKey",
        "DeleteReminderRowsKey", "WriteToStorageKey", "ReadFromStorageKey", "ClearStorageKey", "DeleteStorageKey",
    ];

    [PostgresFact]
    public async Task Every_statement_that_the_providers_read_is_there_and_the_step_can_be_run_again()
    {
        await using var database = await TestDatabase.CreateAsync(Dialect.PostgreSql);
        await using var source = NpgsqlDataSource.Create(database.Options.ConnectionString!);
        using var script = new StreamReader(typeof(ClusterTables).Assembly.GetManifestResourceStream(Script)!);
        var sql = await script.ReadToEndAsync();
        for (var run = 0; run < 2; run++)
        {
            await using var migrate = source.CreateCommand(sql);
            await migrate.ExecuteNonQueryAsync();
        }

        // Orleans' own look.
        await using var look = source.CreateCommand("SELECT QueryKey, QueryText FROM OrleansQuery");
        await using var rows = await look.ExecuteReaderAsync();
        var found = new Dictionary<string, string>();
        while (await rows.ReadAsync())
        {
            found.Add(rows.GetString(0), rows.GetString(1));
        }

        found.Keys.ShouldBe(Keys, ignoreOrder: true);
        found.Values.ShouldAllBe(statement => statement.Contains("orleans_", StringComparison.Ordinal));
        await rows.DisposeAsync();
        foreach (var (key, statement) in found)
        {
            // PostgreSQL itself says whether it knows every table, column and function of it.
            await using var prepare = source.CreateCommand($"prepare \"{key}\" as {Numbered(statement)}");
            await prepare.ExecuteNonQueryAsync();
        }
    }

    // The driver gives names their numbers; a statement that is only prepared has to bring them.
    private static string Numbered(string statement)
    {
        var names = new List<string>();
        return Regex.Replace(statement, @"@(\w+)", parameter =>
        {
            if (!names.Contains(parameter.Value, StringComparer.OrdinalIgnoreCase))
            {
                names.Add(parameter.Value);
            }

            return $"${1 + names.FindIndex(name => name.Equals(parameter.Value, StringComparison.OrdinalIgnoreCase))}";
        });
    }

    [PostgresFact]
    public async Task A_host_without_a_cluster_makes_no_tables_for_one()
    {
        await using var database = await TestDatabase.CreateAsync(Dialect.PostgreSql);
        var alone = AppSettings.On(database) with { More = new Dictionary<string, string?> { ["Accounts:Host"] = "InProcess" } };
        await using (await RunningApp.StartAsync(alone))
        {
            await using var source = NpgsqlDataSource.Create(database.Options.ConnectionString!);
            await using var look = source.CreateCommand("select count(*) from pg_class where relname like 'orleans%'");
            (await look.ExecuteScalarAsync()).ShouldBe(0L);
        }
    }
}
