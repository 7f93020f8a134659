using ArCredit.Accounts.Actors;
using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain;
using ArCredit.Accounts.Domain.Policies;
using ArCredit.Accounts.Journal;
using ArCredit.Accounts.Projections;
using ArCredit.Accounts.Tests.Actors;
using ArCredit.Accounts.Tests.Domain;
using ArCredit.Kernel;
using ArCredit.Platform.Data;
using ArCredit.Platform.Journal;
using ArCredit.Testing.Databases;
using Shouldly;
using Xunit;

namespace ArCredit.Accounts.Tests.Projections;

public sealed class DocumentReaderTests
{
    [Theory, OnSqlite, OnPostgres]
    public async Task Reservations_and_invoices_are_read_as_they_stand(Dialect dialect)
    {
        await using var rig = await ProjectionRig.StartAsync(dialect);
        var chronicle = Open().Then(story => story.Reserve("R1", 100)).Then(story => story.Capture("R1", "I1", 30))
            .Then(story => story.CreditNote("N1", 10, "I1")).Then(story => story.Pay("P1", 20));
        await rig.ApplyAsync(chronicle.Rows, batchSize: 2);
        var reader = new DocumentReader(rig.Feed, rig.Database, new FakeJournal());

        var reservation = await ReadAsync(reader, chronicle, NumberKind.Reservation, "R1", 5);
        reservation.Reservation.ShouldBe(chronicle.Story.Reservation("R1"));
        reservation.AsOfVersion.ShouldBe(5);
        var invoice = await ReadAsync(reader, chronicle, NumberKind.Invoice, "I1", 5);
        invoice.Invoice.ShouldBe(new StoredInvoice("I1".No(), Currency.Parse("EUR"), 30_00, 10_00));
        rig.Feed.Asked.ShouldBe(2, "what was acknowledged must be in the tables before they are read");
        (await ReadAsync(reader, chronicle, NumberKind.Reservation, "r1", 5)).Reservation.ShouldBeNull();
        (await ReadAsync(reader, chronicle, NumberKind.Invoice, "I2", 5)).Invoice.ShouldBeNull();
    }

    [Fact]
    public async Task A_payment_is_found_behind_the_lapse_and_the_invoice_of_its_append()
    {
        await using var rig = await ProjectionRig.StartAsync(Dialect.Sqlite);
        var chronicle = Open().Then(story => story.Reserve("R1", 100, expiresInSeconds: 60));
        var before = chronicle.Rows.Count;
        chronicle.Then(story => story.AfterDays(1).Invoice("I1", 50, paid: 20));
        var journal = new FakeJournal();
        Append(journal, chronicle, 0, before, []);
        Append(journal, chronicle, before, chronicle.Rows.Count, [Key(KeyKinds.Invoice, "I1"), Key(KeyKinds.Payment, "paid:I1")]);
        var reader = new DocumentReader(rig.Feed, rig.Database, journal);

        var payment = (await ReadAsync(reader, chronicle, NumberKind.Payment, "paid:I1", 4)).Credit.ShouldNotBeNull();
        payment.State.Number.Value.ShouldBe("paid:I1");
        payment.State.Amount.ShouldBe(20_00);
        payment.Reversed.ShouldBeFalse();
        (await ReadAsync(reader, chronicle, NumberKind.Payment, "other", 4)).Credit.ShouldBeNull();

        before = chronicle.Rows.Count;
        chronicle.Then(story => story.Reverse("paid:I1", ReversalReason.Bounced));
        Append(journal, chronicle, before, chronicle.Rows.Count, [Key(KeyKinds.Reversal, "paid:I1")]);
        (await ReadAsync(reader, chronicle, NumberKind.Payment, "paid:I1", 5)).Credit!.Reversed.ShouldBeTrue();
    }

    [Theory, OnSqlite, OnPostgres]
    public async Task A_credit_is_read_with_what_stands_on_its_items(Dialect dialect)
    {
        await using var rig = await ProjectionRig.StartAsync(dialect);
        var terms = new PaymentTerms(30, EndOfMonth.None, null, [new(2, 10)]);
        var chronicle = new Chronicle(new AccountBuilder().WithLimit(1000).WithTerms(terms).Open()).Note();
        var rows = chronicle.Rows.Count;
        chronicle.Then(story => story.Invoice("I1", 100)).Then(story => story.CreditNote("N1", 30, "I1")).Then(story => story.CreditNote("N2", 20, "I1"));
        chronicle.Then(story => story.Pay("P1", 19)).Then(story => story.Pay("P2", 30));
        var journal = new FakeJournal();
        Append(journal, chronicle, 0, rows + 3, []);
        Append(journal, chronicle, rows + 3, rows + 4, [Key(KeyKinds.Payment, "P1")]);
        Append(journal, chronicle, rows + 4, rows + 5, [Key(KeyKinds.Payment, "P2")]);
        await rig.ApplyAsync(chronicle.Rows, batchSize: 2);
        var reader = new DocumentReader(rig.Feed, rig.Database, journal);
        (await ReadAsync(reader, chronicle, NumberKind.Payment, "P1", 6)).Given.ShouldBe([new ItemGiven("I1".No(), 1, 50_00, 1_00)]);

        rows = chronicle.Rows.Count;
        chronicle.Then(story => story.Undo("N1", kind: CreditKind.CreditNote)).Then(story => story.Reverse("P2", ReversalReason.Bounced));
        await rig.ApplyAsync([.. chronicle.Rows.Skip(rows)], batchSize: 2);
        (await ReadAsync(reader, chronicle, NumberKind.Payment, "P1", 8)).Given.ShouldBe([new ItemGiven("I1".No(), 1, 20_00, 0)]);
    }

    private static Chronicle Open() => new Chronicle(new AccountBuilder().WithLimit(1000).Open()).Note();

    private static Task<KnownDocument> ReadAsync(DocumentReader reader, Chronicle chronicle, NumberKind kind, string number, long version) =>
        reader.ReadAsync(chronicle.Account, new DocumentRequest(kind, number.No()), version, CancellationToken.None);

    private static JournalKey Key(string kind, string value) => new(kind, value, new byte[32], null);

    private static void Append(FakeJournal journal, Chronicle chronicle, int from, int to, JournalKey[] keys)
    {
        var events = chronicle.Rows[from..to].Select(row => EventCodec.Decode(row.Type, row.Schema, row.Payload.Span)).ToArray();
        var head = journal.RowsOf(chronicle.Account.Value) is { Count: > 0 } rows ? rows[^1].Hash : ChainHash.Genesis;
        var entry = Entries.Build(chronicle.Account.Value, from, head, events, chronicle.Story.Now, keys, []);
        journal.TryEnqueue(entry).ShouldBeTrue();
        entry.Outcome.Result.ShouldBeOfType<AppendOutcome.Committed>();
    }
}
