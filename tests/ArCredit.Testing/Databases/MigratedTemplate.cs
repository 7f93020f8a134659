using ArCredit.Host;
using ArCredit.Platform.Data;
using ArCredit.Testing.App;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace ArCredit.Testing.Databases;

/// <summary>One database of this test process with every script run, which others begin as: the scripts take longer than most tests.</summary>
internal static class MigratedTemplate
{
    private static readonly Lazy<Task<string>> Made = new(MakeAsync);

    /// <summary>Connection string of a new copy.</summary>
    public static async Task<string> CopyAsync() => await PostgresServer.CreateDatabaseAsync(await Made.Value);

    private static async Task<string> MakeAsync()
    {
        var settings = new AppSettings { ConnectionString = await PostgresServer.CreateDatabaseAsync() };
        using (var directory = new TestDirectory())
        {
            await using var app = ArCreditHost.Build(settings.Args(directory.Path), settings: settings.Configuration());
            await app.Services.GetRequiredService<MigrationRunner>().RunAsync(default);
        }

        return new NpgsqlConnectionStringBuilder(settings.ConnectionString).Database!;
    }
}
