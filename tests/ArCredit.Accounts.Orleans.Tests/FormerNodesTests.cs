using System.Net;
using System.Net.Sockets;
using ArCredit.Platform.Data;
using ArCredit.Testing.Databases;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using Shouldly;
using Xunit;

namespace ArCredit.Accounts.Orleans.Tests;

public sealed class FormerNodesTests
{
    private const string Script = "ArCredit.Accounts.Orleans.Migrations.20261122_50_orleans.postgres.sql";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [PostgresFact]
    public async Task A_node_that_lives_and_cannot_be_reached_keeps_a_newcomer_out_for_a_while_only()
    {
        await using var database = await TestDatabase.CreateAsync(Dialect.PostgreSql);
        await using (var source = NpgsqlDataSource.Create(database.Options.ConnectionString!))
        await using (var connection = await source.OpenConnectionAsync())
        {
            using var script = new StreamReader(typeof(ClusterTables).Assembly.GetManifestResourceStream(Script)!);
            await connection.ExecuteAsync(await script.ReadToEndAsync());
            await connection.ExecuteAsync(
                """
                insert into orleans_silo (deploymentid, address, port, generation, siloname, hostname, status, proxyport, starttime, iamalivetime)
                values ('test', '127.0.0.1', @port, 1, 'a', 'a', 3, 0, now(), now() + interval '1 hour')
                """,
                new { port = NobodysPort() });
        }

        var log = new Told();
        await using var services = new ServiceCollection().AddLogging().AddSingleton(TimeProvider.System).AddArCreditData(database.Options).BuildServiceProvider();
        var former = new FormerNodes(
            services.GetRequiredService<IDatabase>(), new ClusterSettings("test", 1, IPAddress.Parse("127.0.0.2"), null, false), new FastClock(), log);

        await former.StartAsync(CancellationToken.None).WaitAsync(Patience);

        log.Lines.Count.ShouldBe(2);
        log.Lines[^1].ShouldContain("gives signs of life");
    }

    private static int NobodysPort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    /// <summary>Every look at it takes six seconds.</summary>
    private sealed class FastClock : TimeProvider
    {
        private long now;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => now += 6;
    }

    private sealed class Told : ILogger<FormerNodes>
    {
        public List<string> Lines { get; } = [];

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines.Add(formatter(state, exception));
    }
}
