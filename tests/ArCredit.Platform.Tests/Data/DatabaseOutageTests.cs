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
        [new NpgsqlException("cut"), new SqliteException("busy", 5), new TimeoutException("late"), new IOException("broken pipe"), new SocketException(111)];

    [Theory]
    [MemberData(nameof(Outages))]
    public void A_database_that_does_not_answer_is_known_whoever_says_so(Exception outage) => DatabaseOutage.Is(outage).ShouldBeTrue();

    [Fact]
    public void A_fault_of_our_own_is_no_outage()
    {
        DatabaseOutage.Is(new InvalidOperationException()).ShouldBeFalse();
        DatabaseOutage.Is(new OperationCanceledException()).ShouldBeFalse();
    }
}
