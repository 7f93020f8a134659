using System.Globalization;
using ArCredit.Accounts.Verify;
using ArCredit.Platform.Data;
using ArCredit.Testing.App;
using ArCredit.Testing.Databases;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;

namespace ArCredit.Testing.Tampering;

/// <summary>What a verification found.</summary>
public sealed record Verified(VerifiedCounts Counts, IReadOnlyList<Finding> Findings, IReadOnlyList<AccountHead> Heads);

/// <summary>
/// A database that an application has written and left: every kind of event, snapshots, projections that have caught up. What a
/// test changes in it is rolled back after it was verified.
/// </summary>
public sealed class WrittenHistory : IAsyncDisposable
{
    /// <summary>Its rows: put, reserve and decline, capture, invoices in two currencies, payments, a bounce, a credit note, blocks, an order.</summary>
    public const string Busy = "BUSY-1";

    /// <summary>Ids that sort otherwise in UTF-16 than in the databases.</summary>
    private static readonly string[] Odd = ["\uFF21-1", "\U0001F600-1", "Ə 7", "a:b"];

    private readonly TestDatabase database;
    private readonly RunningApp app;

    private WrittenHistory(TestDatabase database, RunningApp app) => (this.database, this.app) = (database, app);

    /// <summary>The database; nobody serves it any more.</summary>
    public IDatabase Database => app.Services.GetRequiredService<IDatabase>();

    /// <summary>Where it is.</summary>
    public DataOptions Options => database.Options;

    /// <summary>All heads, as exported when it was written.</summary>
    public IReadOnlyList<AccountHead> Heads { get; private set; } = [];

    /// <summary>Writes one; about <paramref name="reservations"/> rows more than its events of every kind.</summary>
    public static async Task<WrittenHistory> WriteAsync(Dialect dialect, int reservations = 80)
    {
        var database = await TestDatabase.CreateAsync(dialect);
        var app = await RunningApp.StartAsync(AppSettings.On(database));
        var history = new WrittenHistory(database, app);
        await WriteBusyAsync(app.Admin);
        foreach (var id in Odd)
        {
            await ReserveAsync(app.Admin, id, 8);
        }

        await ReserveAsync(app.Admin, "TILL-1", reservations);

        // Lists stand on the projection, so it has caught up once one is answered.
        (await app.Admin.GetAsync("/api/v1/accounts")).ShouldBe(200);
        await app.StopAsync();
        history.Heads = (await history.VerifyAsync()).Heads;
        return history;
    }

    /// <summary>Changes something, verifies, and undoes the change.</summary>
    public async Task<Verified> VerifyAsync(Func<DbSession, Task>? change = null, bool withHeads = false, string? account = null)
    {
        await using var session = await Database.BeginWriteAsync(CancellationToken.None);
        if (change is not null)
        {
            await change(session);
        }

        var observer = new Observer();
        var request = new VerifyRequest(account, withHeads ? Heads.ToAsyncEnumerable() : null);
        var counts = await JournalVerification.RunAsync(session, request, observer, CancellationToken.None);
        return new Verified(counts, observer.Findings, observer.Heads);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        await database.DisposeAsync();
    }

    private static async Task WriteBusyAsync(ApiClient admin)
    {
        const string Path = $"/api/v1/accounts/{Busy}";
        const string Day = "2026-01-01";
        async Task PostAsync(string path, object body) => Taken(await admin.PostAsync($"{Path}/{path}", body));

        Taken(await admin.PutAsync("/api/v1/fx-rates/2026-01-01", """[{"from":"USD","to":"EUR","rate":0.9137}]"""));
        Taken(await admin.PutAsync(Path, new { name = "Busy Ltd", currency = "EUR", creditLimit = 1000, buyers = new[] { new { id = "B1", name = "Ann" } } }));
        Taken(await admin.PutAsync($"{Path}/blocks/talks", new { reason = "They talk" }));
        Taken(await admin.DeleteAsync($"{Path}/blocks/talks"));
        await PostAsync("reservations", new { kind = "pos", amount = 100, currency = "EUR", reservationId = "R-1", buyer = "B1" });
        await PostAsync("reservations", new { kind = "pos", amount = 5000, currency = "EUR", buyer = "B1" });
        await PostAsync("reservations/R-1/captures", new { amount = 60, invoice = new { number = "I-1", issueDate = Day } });
        await PostAsync("reservations/R-1/release", new { });
        await PostAsync("invoices", new { number = "I-2", issueDate = Day, amount = 200, currency = "EUR", instalments = Instalments(120, 80) });
        await PostAsync("invoices", new { number = "I-3", issueDate = Day, amount = 99.99, currency = "USD", dueDate = "2026-02-01" });
        await PostAsync("invoices", new { number = "I-4", issueDate = Day, amount = 30, currency = "EUR", paid = new { amount = 30, method = "cash" } });
        await PostAsync("payments", new { paymentId = "P-1", amount = 60, currency = "EUR", receivedOn = Day, method = "transfer", remittance = "For I-1" });
        await PostAsync("payments", new { paymentId = "P-2", amount = 33.33, currency = "USD", receivedOn = Day, method = "transfer" });
        await PostAsync("payments", new { paymentId = "P-3", amount = 500, currency = "EUR", receivedOn = Day, method = "cheque", clearsOn = "2026-01-20" });
        await PostAsync("payments/P-1/reversal", new { reason = "bounced", note = "No cover" });
        await PostAsync("credit-notes", new { number = "N-1", issueDate = Day, amount = 25, currency = "EUR", invoice = "I-2" });
        await PostAsync("reservations", new { kind = "order", amount = 70, currency = "EUR", reservationId = "O-1", buyer = "B1" });
        await PostAsync("reservations/O-1/deliveries", new { amount = 20 });
        Taken(await admin.PatchAsync($"{Path}/reservations/O-1", new { amount = 90 }));
        Taken(await admin.PutAsync($"{Path}/blocks/legal", new { reason = "Court", allSales = true }));
        Taken(await admin.PutAsync(Path, new
        {
            name = "Busy and Sons",
            currency = "EUR",
            creditLimit = 900,
            buyers = new[] { new { id = "B1", name = "Ann" } },
            country = "FR",
            taxId = "FR 123",
            endpointIds = new[] { new { scheme = "0088", id = "400001" } },
        }));
    }

    private static void Taken(Answer answer) => answer.Status.ShouldBeInRange(200, 299, answer.Text);

    private static object[] Instalments(decimal first, decimal second) =>
        [new { dueDate = "2026-01-15", amount = first }, new { dueDate = "2026-02-15", amount = second }];

    // Enough of them for a snapshot, with something open on its pages.
    internal static async Task ReserveAsync(ApiClient admin, string id, int count)
    {
        var path = $"/api/v1/accounts/{Uri.EscapeDataString(id)}";
        Taken(await admin.PutAsync(path, new { name = $"Customer {id}", currency = "EUR", creditLimit = 100_000 }));
        Taken(await admin.PostAsync($"{path}/invoices", new { number = "I-1", issueDate = "2026-01-01", amount = 12.5, currency = "EUR" }));
        for (var i = 1; i <= count; i++)
        {
            var reservationId = string.Create(CultureInfo.InvariantCulture, $"R-{i}");
            Taken(await admin.PostAsync($"{path}/reservations", new { kind = "pos", amount = i, currency = "EUR", reservationId }));
        }
    }

    private sealed class Observer : IVerifyObserver
    {
        public List<Finding> Findings { get; } = [];

        public List<AccountHead> Heads { get; } = [];

        public void Found(Finding finding) => Findings.Add(finding);

        public void Head(AccountHead head) => Heads.Add(head);

        public void Progress(VerifiedCounts counts)
        {
            // A test does not wait long enough to ask.
        }
    }
}
