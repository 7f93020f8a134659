using System.Diagnostics;
using ArCredit.Platform.Data;
using ArCredit.Testing.App;
using ArCredit.Torture.Load;
using ArCredit.Torture.Oracle;
using Npgsql;

namespace ArCredit.Torture.Campaigns;

/// <summary>The disk fills up, the database turns read-only or shuts everybody out, the clock jumps; load goes on all the while.</summary>
internal sealed class SickDatabase : Campaign
{
    private const string GivenOpen = "approvals given while nothing could be read";

    // An answer without a commit of its own may stand on a look at the database this young.
    private static readonly TimeSpan Freshness = TimeSpan.FromSeconds(2);

    public override string Name => "R13";

    public override string Title => "disk full, database read-only or locked, no connection left, clock stepped by an hour";

    public override bool NeedsOwnServer => true;

    public override async Task RunAsync(Order order, Dialect dialect, Tally tally)
    {
        tally.MustBeZero(GivenOpen);
        await using var patient = Patient.Admit(dialect, tally);
        await patient.PrepareAsync();
        var random = Seeds.Random(order.Seed, -1);

        // Half an hour: a clock an hour ahead ends whatever is earmarked.
        var swarm = new Swarm(tally, order.Seed, callers: 24, accounts: 8) { ExpiresInSeconds = 1800 };
        var auditor = new Auditor(tally, patient.Source, swarm.Accounts);
        var settings = patient.Settings(order);
        await using (var host = await HostProcess.StartAsync(settings))
        {
            var ward = new Ward(patient, swarm, auditor, Teller.ClientOf(host), tally);
            await swarm.OpenAccountsAsync(ward.Api, limit: 100);
            for (var episode = 0; episode < Rounds(order, few: 1, many: 30) && tally.IsClean; episode++)
            {
                foreach (var sickness in patient.Sicknesses)
                {
                    await ward.SufferAsync(sickness, 30 + random.Next(100));
                }
            }

            tally.Explain(host.Output);
            await auditor.RunDueAsync(ward.Api);
            await auditor.CompareAsync(swarm.Asked);
            await auditor.CompareReadsAsync(ward.Api);
        }

        await Verification.RunAsync(settings, tally);
        RequireMet(order, tally);
    }

    private sealed class Ward(Patient patient, Swarm swarm, Auditor auditor, ApiClient api, Tally tally)
    {
        public ApiClient Api { get; } = api;

        public async Task SufferAsync(Sickness sickness, int settledBefore)
        {
            var running = swarm.Start(Api);
            await swarm.SettleMoreAsync(settledBefore);
            tally.Add(Faults);
            tally.Add(Met, swarm.Teller.UnderWay > 0 ? 1 : 0);
            tally.Add(sickness.Name);
            var unanswered = Unanswered;
            await sickness.FallIll(Api);
            if (sickness.StopsCommits)
            {
                await UntilAsync(() => Unanswered > unanswered + 10);
            }
            else
            {
                await swarm.SettleMoreAsync(100);
            }

            await swarm.StopAsync(running);
            await LookAsync(sickness);
            await sickness.Heal();
            tally.Add("servers started again", await patient.RestartServerIfDownAsync() ? 1 : 0);

            // Nobody restarts the host.
            running = swarm.Start(Api);
            await swarm.SettleMoreAsync(50);
            await swarm.StopAsync(running);
            await swarm.ResolveAsync(Api);
            await auditor.CompareAsync(swarm.Asked);
        }

        /// <summary>While it lasts: whatever was acknowledged is on disk already, and nothing is approved blindly.</summary>
        private async Task LookAsync(Sickness sickness)
        {
            try
            {
                await auditor.CompareAsync(swarm.Asked);
                tally.Add("journals compared while ill");
            }
            catch (NpgsqlException)
            {
                tally.Add("journals unreadable while ill");
            }

            if (!sickness.StopsReads)
            {
                return;
            }

            using (var older = new PeriodicTimer(Freshness + Freshness))
            {
                await older.WaitForNextTickAsync();
            }

            foreach (var account in swarm.Accounts)
            {
                var answer = await Api.PostAsync($"/api/v1/accounts/{account}/credit-checks", new { amount = 0.01, currency = "EUR", checkpoint = "pos" }, string.Empty);
                tally.Add("credit checks while ill");
                if (answer.Status == 200)
                {
                    tally.Violation(GivenOpen, answer.Text);
                }
            }
        }

        private long Unanswered => tally.Of("unknown (503)") + tally.Of("not done (503)");

        private static async Task UntilAsync(Func<bool> isSo)
        {
            using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
            var since = Stopwatch.GetTimestamp();
            while (!isSo() && Stopwatch.GetElapsedTime(since) < Teller.Patience)
            {
                await tick.WaitForNextTickAsync();
            }
        }
    }
}
