using System.Net.Sockets;
using ArCredit.Platform.Data;
using Microsoft.Data.Sqlite;
using Npgsql;
using Shouldly;
using Xunit;

namespace ArCredit.Platform.Tests.Data;

public sealed class DatabaseOutageTests
{
    /// <summary>What drivers and the way to the server throw.</summary>
    public static TheoryData<Exception> Outages =>
        [new NpgsqlException("cut"), new SqliteException("busy", 5), new TimeoutException("late"), new IOException("broken pipe"), new SocketException(111),
            new InvalidOperationException("Connection is not open") { Source = "Npgsql" }];

    [Theory]
    [MemberData(nameof(Outages))]
    public void A_database_that_does_not_answer_is_known_whoever_says_so(Exception outage) => DatabaseOutage.Is(outage).ShouldBeTrue();

    [Theory]
    [InlineData("42P01", true)]
    [InlineData("23505", true)]
    [InlineData("22003", true)]
    [InlineData("57P01", false)]
    [InlineData("53300", false)]
    public void A_statement_that_the_database_refuses_is_told_from_a_database_that_is_away(string state, bool refused)
    {
        var said = new PostgresException("no", "ERROR", "ERROR", state);
        DatabaseOutage.IsStatementRefused(said).ShouldBe(refused);
    }

    [Fact]
    public void A_lost_connection_is_no_refused_statement()
    {
        DatabaseOutage.IsStatementRefused(new NpgsqlException("cut")).ShouldBeFalse();
        DatabaseOutage.IsStatementRefused(new TimeoutException()).ShouldBeFalse();
    }

    [Fact]
    public void A_driver_that_stumbles_over_what_it_disposed_of_tells_of_an_outage()
    {
        var source = NpgsqlDataSource.Create("Host=127.0.0.1");
        source.Dispose();
        var stumbled = Should.Throw<ObjectDisposedException>(source.OpenConnection);
        stumbled.Source.ShouldNotBe("Npgsql");
        DatabaseOutage.Is(stumbled).ShouldBeTrue();
    }

    [Fact]
    public void A_fault_of_our_own_is_no_outage()
    {
        DatabaseOutage.Is(new InvalidOperationException()).ShouldBeFalse();
        DatabaseOutage.Is(new OperationCanceledException()).ShouldBeFalse();
        var closed = new MemoryStream();
        closed.Dispose();
        DatabaseOutage.Is(Should.Throw<ObjectDisposedException>(() => closed.ReadByte())).ShouldBeFalse();
    }
}
