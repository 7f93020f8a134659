using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain;
using ArCredit.Accounts.Domain.Ledger;
using Shouldly;
using Xunit;

namespace ArCredit.Accounts.Tests.Domain.Ledger;

/// <summary>Metered usage: exposure until it is billed, once, whatever comes late.</summary>
public sealed class UsageTests
{
    private readonly AccountStory story = new AccountBuilder().WithLimit(1000).Open();

    private decimal Delivered => story.View.Exposure.Deliveries / 100m;

    [Fact]
    public void Usage_raises_deliveries_until_an_invoice_bills_its_days()
    {
        story.Use("U-1", 30, at: "2026-02-10T12:00:00Z");
        story.Use("U-2", 50, at: "2026-02-20T12:00:00Z");
        story.Use("U-3", 7, at: "2026-02-10T12:00:00Z", subscription: "water");
        story.View.Exposure.Total.ShouldBe(87_00);

        var posted = story.Invoice("I-1", 33, usage: [("grid", "2026-02-15")]).ShouldAppend<InvoicePosted>();
        posted.Usage!.ShouldHaveSingleItem().Amount.ShouldBe(30_00);
        (Delivered, story.Owed, story.View.Balance).ShouldBe((57, 90, 33_00));
    }

    [Fact]
    public void What_is_metered_late_belongs_to_the_invoice_of_its_days()
    {
        story.Use("U-1", 30, at: "2026-02-10T12:00:00Z");
        story.Invoice("I-1", 35, usage: [("grid", "2026-02-15")]);
        var late = story.Use("U-2", 5, at: "2026-02-15T23:59:59Z").ShouldAppend<UsageRecorded>().Usage;
        (late.Closed, late.ExposureAfter, Delivered).ShouldBe((new UsageClosing("2026-02-15".Day(), "I-1".No()), 35_00, 0));
        story.Use("U-3", 5, at: "2026-02-14T12:00:00Z", unbilled: true);
        story.Use("U-4", 6, at: "2026-02-16T00:00:00Z");
        Delivered.ShouldBe(11);
    }

    [Fact]
    public void An_invoice_of_earlier_days_opens_nothing_again()
    {
        story.Invoice("I-2", 10, usage: [("grid", "2026-02-28")]);
        story.Invoice("I-1", 10, usage: [("grid", "2026-01-31")]);
        story.Use("U-1", 5, at: "2026-02-20T12:00:00Z");
        Delivered.ShouldBe(0);
        story.View.Usage.ShouldHaveSingleItem().Closed.ShouldBe(new UsageClosing("2026-02-28".Day(), "I-2".No()));
    }

    [Fact]
    public void Fractions_of_a_cent_add_up()
    {
        for (var i = 0; i < 1000; i++)
        {
            story.Use($"U-{i}", 0.0034m);
        }

        Delivered.ShouldBe(3.40m);
    }

    [Fact]
    public void A_day_is_the_companys()
    {
        var baku = new AccountBuilder().InZone("Asia/Baku").WithLimit(1000).Open();
        baku.Use("U-1", 30, at: "2026-02-28T20:30:00Z").ShouldAppend<UsageRecorded>().Usage.UsedOn.ShouldBe("2026-03-01".Day());
        baku.Invoice("I-1", 30, usage: [("grid", "2026-02-28")]).ShouldAppend<InvoicePosted>().Usage!.Single().Amount.ShouldBe(0);
        baku.View.Exposure.Deliveries.ShouldBe(30_00);
    }

    [Fact]
    public void Usage_in_another_currency_stands_at_the_rate_of_its_day()
    {
        var euro = new AccountBuilder().WithRate("USD", "EUR", "2026-02-01", 0.9m).WithRate("USD", "EUR", "2026-02-20", 0.8m).WithLimit(1000).Open();
        euro.Use("U-1", 10.005m, at: "2026-02-10T12:00:00Z", of: "USD");
        euro.Use("U-2", 10, at: "2026-02-21T12:00:00Z", of: "USD");
        euro.View.Exposure.Deliveries.ShouldBe(17_00);
        euro.Use("U-3", 10, at: "2026-01-10T12:00:00Z", of: "USD").ShouldRefuse(RefusalCode.NoRate);
    }

    [Fact]
    public void A_correction_takes_back_no_more_than_its_day_has()
    {
        story.Use("U-1", 30, at: "2026-02-10T12:00:00Z");
        story.Use("U-2", 30, at: "2026-02-11T12:00:00Z");
        story.Use("U-3", -30.01m, at: "2026-02-10T12:00:00Z").ShouldRefuse(RefusalCode.UsageBelowZero);
        story.Use("U-4", -30, at: "2026-02-10T12:00:00Z");
        Delivered.ShouldBe(30);
    }

    [Fact]
    public void Nothing_is_metered_or_billed_ahead()
    {
        story.Use("U-1", 30, at: "2026-03-02T23:59:59Z");
        story.Use("U-2", 30, at: "2026-03-03T00:00:00Z").ShouldRefuse(RefusalCode.UsageInFuture);
        story.Invoice("I-1", 30, usage: [("grid", "2026-03-03")]).ShouldRefuse(RefusalCode.UsageInFuture);
        story.Ask(new ReleaseUsage("L-1".No(), new BilledUsage("grid", "2026-03-03".Day()), null)).ShouldRefuse(RefusalCode.UsageInFuture);
        Delivered.ShouldBe(30);
    }

    [Fact]
    public void What_is_given_up_is_no_exposure_and_does_not_come_back()
    {
        story.Use("U-1", 30, at: "2026-02-10T12:00:00Z");
        story.Ask(new ReleaseUsage("L-1".No(), new BilledUsage("grid", "2026-02-10".Day()), "goodwill")).ShouldAppend<UsageReleased>().Closed.Amount.ShouldBe(30_00);
        story.Use("U-2", 30, at: "2026-02-10T13:00:00Z").ShouldAppend<UsageRecorded>().Usage.Closed.ShouldBe(new UsageClosing("2026-02-10".Day(), null));
        Delivered.ShouldBe(0);
    }

    [Fact]
    public void Usage_takes_room_from_reservations_and_gives_it_to_its_own_invoice()
    {
        story.Use("U-1", 900);
        story.Reserve("R-1", 200).Outcome.ShouldBe(DecisionOutcome.Declined);
        story.Invoice("I-1", 950, enforce: true, usage: [("grid", "2026-03-02")]).ShouldAppend<InvoicePosted>().Decision!.ExposureAfter.ShouldBe(950_00);
        story.Use("U-2", 900).ShouldAppend<UsageRecorded>().Usage.Available.ShouldBe(50_00, "its day is billed");
        story.Use("U-3", 100, unbilled: true).ShouldAppend<UsageRecorded>().Usage.Available.ShouldBe(-50_00);
    }

    [Fact]
    public void What_wakes_up_knows_what_was_metered_and_billed()
    {
        story.Use("U-1", 30.001m, at: "2026-02-10T12:00:00Z");
        story.Use("U-2", 20.0005m, at: "2026-02-20T12:00:00Z");
        story.Invoice("I-1", 30, usage: [("grid", "2026-02-15")]);
        var before = story.View.Usage;
        story.Sleep(allPages: true);
        story.View.Usage.ShouldBe(before);
        story.Use("U-3", 1, at: "2026-02-15T12:00:00Z").ShouldAppend<UsageRecorded>().Usage.Closed.ShouldNotBeNull();
        Delivered.ShouldBe(20);
    }

    [Fact]
    public void Subscriptions_are_bounded()
    {
        for (var i = 0; i < UsageBook.MostSubscriptions; i++)
        {
            story.Use($"U-{i}", 1, subscription: $"meter-{i}");
        }

        story.Use("U-X", 1, subscription: "one-more").ShouldRefuse(RefusalCode.TooMuchUsage);
        story.Invoice("I-1", 1, usage: [("one-more", "2026-03-02")]).ShouldRefuse(RefusalCode.TooMuchUsage);
        story.Use("U-Y", 1, subscription: "meter-7").ShouldAppend<UsageRecorded>();
    }
}
