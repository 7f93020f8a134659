using ArCredit.Accounts.Projections;
using ArCredit.Accounts.Tests.Domain;
using ArCredit.Kernel;
using ArCredit.Platform.Data;
using ArCredit.Testing.Databases;
using Dapper;
using Shouldly;
using Xunit;

namespace ArCredit.Accounts.Tests.Projections;

public sealed class SplitVatTableTests
{
    [Theory, OnSqlite, OnPostgres]
    public async Task Both_parts_of_every_open_item_are_found_by_their_amounts(Dialect dialect)
    {
        await using var rig = await ProjectionRig.StartAsync(dialect);
        var split = 0;
        for (var seed = 1; seed <= 6; seed++)
        {
            var history = RandomHistory.Of(seed, 150, $"C-{seed}");
            await rig.ApplyAsync(history.Rows, batchSize: seed * 7);
            var notes = history.Story.Journal.Events.OfType<Contracts.DebitPosted>().ToList();
            var claims = notes.Where(debit => debit.Kind != Contracts.DebitKind.DebitNote).Select(debit => debit.Number).ToHashSet();
            var expected = PaperParts.Of(history.Story.Journal.Events)
                .Where(each => (each.Value is { Net: > 0 } or { Vat: > 0 }) && !claims.Contains(each.Key.Invoice)).ToDictionary(each => each.Key, each => each.Value);
            var rows = await rig.ReadAsync(session => session.Connection.QueryAsync<(string Number, long Instalment, long Open, long Net, long Vat)>(
                "select number, instalment, open_amount, open_net, open_vat from open_item where account_id = @account and item_type in ('invoice', 'debitNote')",
                new { account = $"C-{seed}" }));
            rows.Select(row => (Key: (row.Number.No(), (int)row.Instalment), row.Open)).ShouldBe(
                expected.Select(each => (each.Key, each.Value.Net + each.Value.Vat)), ignoreOrder: true, $"seed {seed}");
            var parts = history.Story.Journal.Events.OfType<Contracts.InvoicePosted>().SelectMany(
                posted => posted.Instalments.Select((instalment, at) => ((posted.Number, at + 1), instalment.Vat))).Where(each => each.Vat > 0).Select(each => each.Item1)
                .Concat(history.Story.Journal.Events.OfType<Contracts.RetentionReleased>().Select(each => each.Released).Where(made => made.Vat > 0)
                    .Select(made => (made.Invoice, made.Instalment)))
                .Concat(notes.Where(debit => debit.Vat > 0).Select(debit => (debit.Number, 1))).ToHashSet();
            var retained = history.Story.Journal.Events.OfType<Contracts.InvoicePosted>().Where(posted => posted.Retention is not null)
                .Select(posted => (posted.Number, posted.Instalments.Count)).ToHashSet();
            foreach (var row in rows)
            {
                var key = (row.Number.No(), (int)row.Instalment);
                (row.Net, row.Vat).ShouldBe(parts.Contains(key) ? expected[key] : (0, 0), $"seed {seed}, {key}");
                split += parts.Contains(key) ? 1 : 0;
            }

            var items = new OpenItemReader(rig.Database);
            foreach (var row in rows.Where(row => row.Vat > 0 && !retained.Contains((row.Number.No(), (int)row.Instalment))).Take(5))
            {
                foreach (var amount in new[] { row.Open, row.Net, row.Vat }.Where(amount => amount > 0))
                {
                    (await items.ByAmountAsync(AccountStory.Company, new Money(amount, Currency.Parse("EUR")), 1000, CancellationToken.None))
                        .ShouldContain(found => found.Number.Value == row.Number && found.Instalment == row.Instalment && found.Vat == row.Vat);
                }
            }
        }

        split.ShouldBeGreaterThan(20);
    }
}
