using ArCredit.Accounts.Actors;
using ArCredit.Accounts.Contracts;
using ArCredit.Kernel;
using Shouldly;
using Xunit;

namespace ArCredit.Accounts.Tests.Actors;

/// <summary>An account with so many pages that they are read side by side.</summary>
public sealed class LargeSnapshotTests
{
    private const int Invoices = 4_600;

    [Fact]
    public async Task Wakes_from_many_pages_at_once()
    {
        var rig = await StoredAsync();
        rig.Wake();
        (await rig.Actor.ReadAsync(CancellationToken.None))!.Exposure.OpenInvoices.ShouldBe(Invoices * 100);
    }

    [Fact]
    public async Task One_page_among_many_that_cannot_be_read_costs_the_snapshot_and_nothing_else()
    {
        var rig = await StoredAsync();
        rig.Journal.SnapshotOf("C1")!.ChangedPages[6].Body[0] = (byte)'?';
        rig.Wake();
        (await rig.Actor.ReadAsync(CancellationToken.None))!.Exposure.OpenInvoices.ShouldBe(Invoices * 100);
    }

    private static async Task<ActorRig> StoredAsync()
    {
        var rig = new ActorRig(new AccountsOptions { SnapshotEvery = 1_000_000 });
        await rig.Open(1_000_000);
        for (var i = 0; i < Invoices; i++)
        {
            // All due on one day, and their numbers out of order.
            var number = DocumentNumber.Parse($"I{(i * 7) % Invoices}");
            await rig.Ask(new PostInvoice(
                ActorRig.Euro(1), new InvoiceFacts(number, new DateOnly(2026, 1, 1), new DateOnly(2026, 2, 1), null, null, null, [], null, null), [], null, false));
        }

        await rig.Actor.SettleAndSaveAsync(CancellationToken.None);
        rig.Journal.SnapshotOf("C1")!.ChangedPages.Count.ShouldBeGreaterThan(8);
        return rig;
    }
}
