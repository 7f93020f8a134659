using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain;
using ArCredit.Accounts.Domain.Policies;
using ArCredit.Accounts.Features.Reads;
using ArCredit.Accounts.Tests.Domain;
using ArCredit.Kernel;
using ArCredit.Platform.Data;
using ArCredit.Platform.Http;
using ArCredit.Testing.Databases;
using Shouldly;
using Xunit;

namespace ArCredit.Accounts.Tests.Projections;

public sealed class LedgerSumTests
{
    private static readonly Paging Everything = new(100_000, null);

    [Theory, OnSqlite, OnPostgres]
    public async Task Balances_are_the_accounts_own_whatever_the_currencies_and_batches(Dialect dialect)
    {
        await using var rig = await ProjectionRig.StartAsync(dialect);
        for (var seed = 1; seed <= 6; seed++)
        {
            var history = RandomHistory.Of(seed, 150, $"C-{seed}", "EUR", "USD", "JPY", "KWD");
            await rig.ApplyAsync(history.Rows, batchSize: seed * 7);
            var balance = await rig.ScalarAsync<long>("select balance from account_view where account_id = @id", new { id = $"C-{seed}" });
            balance.ShouldBe(history.Story.View.Balance, $"seed {seed}");
        }
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task Open_items_sum_up_to_the_documents_posted_by_any_day_and_known_at_any_instant(Dialect dialect)
    {
        await using var rig = await ProjectionRig.StartAsync(dialect);
        var history = RandomHistory.Of(11, 200, "C-1001", "EUR", "USD");
        history.Then(story => story.Invoice("OLD", 70, issued: "2026-01-15", due: "2026-02-15", history: true));
        history.Then(story => story.Pay("OLD-P", 20, allocations: [("OLD", null, 20)], history: true));
        await rig.ApplyAsync(history.Rows, batchSize: 31);

        var (first, last) = (new DateOnly(2026, 1, 10), history.Story.Today.AddDays(1));
        var instants = history.Rows.Select(row => row.RecordedAt).Distinct().Where((_, index) => index % 25 == 0).Append(history.Story.Now).ToList();
        for (var day = first; day <= last; day = day.AddDays(9))
        {
            foreach (var instant in instants)
            {
                await ShouldSumUpAsync(rig, history, day, instant);
            }
        }

        await ShouldSumUpAsync(rig, history, null, null);
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task Open_items_as_of_a_day_are_what_the_account_held_at_its_end(Dialect dialect)
    {
        await using var rig = await ProjectionRig.StartAsync(dialect);
        var history = RandomHistory.Of(5, 250);
        await rig.ApplyAsync(history.Rows);

        for (var day = new DateOnly(2026, 3, 1); day <= history.Story.Today; day = day.AddDays(5))
        {
            var account = history.FoldedTo(day);
            var items = (await OpenItemsAsync(rig, history, new AsKnown(day, null), day)).Items;
            if (account is null)
            {
                items.ShouldBeEmpty();
                continue;
            }

            var exposure = account.View(history.Story.Context()).Exposure;
            var debits = items.Where(item => item.OpenAmount > 0).ToList();
            debits.Sum(Minor).ShouldBe(exposure.OpenInvoices + exposure.ReturnedPayments, $"{day}");
            items.Where(item => item.OpenAmount < 0).Sum(Minor).ShouldBe(exposure.UnappliedCredits - account.View(history.Story.Context()).Earmarked, $"{day}");
            var returned = await rig.ScalarAsync<long>(
                "select coalesce(cast(sum(returned) as bigint), 0) from ledger_entry where posted_on <= @day", new { day });
            returned.ShouldBe(exposure.ReturnedPayments, $"{day}");
            debits.Any(item => item.Flags.Contains("returned")).ShouldBe(returned > 0);
        }
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task Pages_of_open_items_and_ledger_make_the_whole(Dialect dialect)
    {
        await using var rig = await ProjectionRig.StartAsync(dialect);
        var history = RandomHistory.Of(3, 120, "C-1001", "EUR", "USD");
        await rig.ApplyAsync(history.Rows);

        var items = await ProjectionRig.AllAsync(4, async paging =>
        {
            var page = await rig.ReadAsync(session => OpenItems.ReadAsync(session, history.Account, default, paging, history.Story.Today, _ => new EffectivePolicy([]), CancellationToken.None));
            (page.Totals is null).ShouldBe(paging.After is not null);
            return (page.Items, page.NextCursor);
        });
        var whole = (await OpenItemsAsync(rig, history, default, history.Story.Today)).Items;
        items.Select(item => (item.Type, item.Number, item.Instalment, item.OpenAmount)).ShouldBe(
            whole.Select(item => (item.Type, item.Number, item.Instalment, item.OpenAmount)));

        var entries = await ProjectionRig.AllAsync(5, async paging =>
        {
            var page = await rig.ReadAsync(session => Ledger.ReadAsync(session, history.Account, default, null, paging, CancellationToken.None));
            return (page.Items, page.NextCursor);
        });
        var balances = new Dictionary<string, decimal>();
        foreach (var entry in entries)
        {
            balances[entry.Currency.Code] = balances.GetValueOrDefault(entry.Currency.Code) + entry.Amount;
            entry.Balance.ShouldBe(balances[entry.Currency.Code]);
            entry.Lines.Sum(line => line.Amount).ShouldBe(entry.Amount);
        }

        entries.ShouldBe(entries.OrderBy(entry => entry.PostedOn));
        balances.ShouldBe(history.Sums(null, null).ToDictionary(sum => sum.Key, sum => Money.ToDecimal(sum.Value, Currency.Parse(sum.Key))), ignoreOrder: true);
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task Open_items_come_in_the_order_in_which_payments_settle_them(Dialect dialect)
    {
        await using var rig = await ProjectionRig.StartAsync(dialect);
        var chronicle = new Chronicle(new AccountBuilder().Unlimited().Open()).Note()
            .Then(story => story.Invoice("I1", 10, due: "2026-04-01", issued: "2026-02-03"))
            .Then(story => story.Invoice("I2", 10, due: "2026-04-01", issued: "2026-02-02"))
            .Then(story => story.Invoice("I3", 20, issued: "2026-02-04", instalments: [("2026-04-01", 10), ("2026-04-01", 10)]))
            .Then(story => story.Invoice("I4", 10, due: "2026-03-31", issued: "2026-02-05"))
            .Then(story => story.Invoice("I0", 10, due: "2026-04-01", issued: "2026-02-03"));
        await rig.ApplyAsync(chronicle.Rows);

        var items = await ProjectionRig.AllAsync(1, async paging =>
        {
            var page = await rig.ReadAsync(session => OpenItems.ReadAsync(session, chronicle.Account, default, paging, chronicle.Story.Today, _ => new EffectivePolicy([]), CancellationToken.None));
            return (page.Items, page.NextCursor);
        });
        items.Select(item => (item.Number, item.Instalment)).ShouldBe([("I4", 1), ("I2", 1), ("I0", 1), ("I1", 1), ("I3", 1), ("I3", 2)]);

        var paid = chronicle.Story.Pay("P1", 55).ShouldBeOfType<Verdict.Append>().Events.OfType<PaymentReceived>().Single();
        paid.Allocations.Select(part => (part.Invoice.Value, (int?)part.Instalment)).ShouldBe(items.Select(item => (item.Number, item.Instalment)));
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task The_ledger_from_a_day_on_opens_with_the_balances_before_it(Dialect dialect)
    {
        await using var rig = await ProjectionRig.StartAsync(dialect);
        var history = RandomHistory.Of(8, 120);
        await rig.ApplyAsync(history.Rows);
        var from = new DateOnly(2026, 5, 1);

        var page = await rig.ReadAsync(session => Ledger.ReadAsync(session, history.Account, default, from, Everything, CancellationToken.None));

        var before = history.Sums(from.AddDays(-1), null)["EUR"];
        page.Opening.ShouldHaveSingleItem().ShouldBe(new CurrencyTotal(Currency.Parse("EUR"), Money.ToDecimal(before, Currency.Parse("EUR"))));
        page.Items[0].PostedOn.ShouldBeGreaterThanOrEqualTo(from);
        page.Items[0].Balance.ShouldBe(page.Opening[0].Amount + page.Items[0].Amount);
    }

    private static async Task ShouldSumUpAsync(ProjectionRig rig, Chronicle history, DateOnly? asOf, DateTimeOffset? knownAt)
    {
        var page = await OpenItemsAsync(rig, history, new AsKnown(asOf, knownAt), asOf ?? history.Story.Today);
        var expected = history.Sums(asOf, knownAt);
        foreach (var currency in page.Totals!.Select(total => total.Currency.Code).Union(expected.Keys))
        {
            var total = page.Totals!.SingleOrDefault(each => each.Currency.Code == currency)?.Amount ?? 0;
            total.ShouldBe(Money.ToDecimal(expected.GetValueOrDefault(currency), Currency.Parse(currency)), $"{currency} as of {asOf} known at {knownAt}");
            page.Items.Where(item => item.Currency.Code == currency).Sum(item => item.OpenAmount).ShouldBe(total);
        }
    }

    private static Task<OpenItemPage> OpenItemsAsync(ProjectionRig rig, Chronicle history, AsKnown asKnown, DateOnly today) =>
        rig.ReadAsync(session => OpenItems.ReadAsync(session, history.Account, asKnown, Everything, today, _ => new EffectivePolicy([]), CancellationToken.None));

    private static long Minor(OpenItemView item) => (long)(item.OpenAmount * item.Currency.MinorPerMajor);
}
