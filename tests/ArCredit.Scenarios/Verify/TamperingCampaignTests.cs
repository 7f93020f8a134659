using ArCredit.Platform.Data;
using ArCredit.Testing.Databases;
using ArCredit.Testing.Tampering;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace ArCredit.Scenarios.Verify;

public sealed class TamperingCampaignTests(ITestOutputHelper output)
{
    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task Whatever_is_done_to_the_journal_is_detected(Dialect dialect)
    {
        var lines = new StringWriter();
        var (tampered, detected, missed) = await TamperingCampaign.RunAsync(dialect, count: 150, seed: 9000, lines);
        output.WriteLine(lines.ToString());

        missed.ShouldBeEmpty();
        (tampered, detected).ShouldBe((150, 150));
    }
}
