using ArCredit.Accounts.Contracts;
using ArCredit.Banking.Matching;
using ArCredit.Banking.Posting;
using ArCredit.Banking.Storage;
using ArCredit.Banking.Tests.Http;
using ArCredit.Kernel;
using ArCredit.Platform.Data;
using ArCredit.Testing.App;
using ArCredit.Testing.Databases;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;

namespace ArCredit.Banking.Tests.Posting;

/// <summary>Rounds one by one, without the worker that runs them.</summary>
public sealed class RoundTests
{
    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task A_payment_that_cannot_be_decided_waits_and_stops_no_other(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        var desk = await OpenAsync(app);
        await desk.CustomerAsync("alpha", "Alpha", ("INV-1001", 10m));
        await SendAsync(app, new CashLine(9m, "x") { EndToEnd = "E" }, new CashLine(10m, "INV-1001"), new CashLine(-9m) { EndToEnd = "E", IsReversal = true });
        await Intake(app).RunAsync(default);
        await ExecuteAsync(app, "update bank_payment set currency = 'broken', customer = '' where no = 1");
        await RoundsAsync(app);
        (await StatesAsync(app)).ShouldBe(["waiting INTERNAL_ERROR", "posted ", "waiting INTERNAL_ERROR"]);
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task A_new_payment_waits_for_a_decided_one_of_its_customer_behind_it(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        var desk = await OpenAsync(app);
        await desk.CustomerAsync("alpha", "Alpha", ("INV-1001", 10m));
        await SendAsync(app, new CashLine(10m, "INV-1001"), new CashLine(10m, "decided"));
        await Intake(app).RunAsync(default);
        await ExecuteAsync(app, "update bank_payment set state = 'posting', attempt = 1, customer = 'alpha', payment_id = 'bank-x', decided_by = 'test' where no = 2");
        (await Round(app).RunAsync(new SilentAccounts(), default)).ShouldBeTrue();
        (await StatesAsync(app)).ShouldBe(["new ", "posted "]);
        await RoundsAsync(app);
        (await StatesAsync(app)).ShouldBe(["waiting NO_MATCH", "posted "]);
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task What_was_taken_back_is_decided_before_the_matching_has_looked_at_it_and_what_that_finds_changes_nothing(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        var desk = await OpenAsync(app);
        await desk.CustomerAsync("alpha", "Alpha", ("INV-1001", 10m));
        await desk.CustomerAsync("beta", "Beta", ("INV-2001", 10m));
        await SendAsync(app, new CashLine(10m, "INV-1001"), new CashLine(-10m, "x") { IsReversal = true });
        await Intake(app).RunAsync(default);
        var payments = await desk.PaymentsAsync((await app.Admin.BookingsAsync())[0].GetProperty("statementId").GetString()!);
        (await desk.MatchAsync(payments[0], "beta")).ShouldBeProblem(409, "PAYMENT_NOT_WAITING");
        await RoundsAsync(app);
        var posted = (await desk.PaymentsAsync(CashDesk.Id(payments[0])[..36]))[0];

        CashDesk.State((await desk.UnmatchAsync(posted)).ShouldBe(200).Json).ShouldBe("new");
        var seen = (await Store(app).WorkAsync(100, default)).ShouldHaveSingleItem();
        var matched = (await desk.MatchAsync(posted, "beta", new[] { new { invoice = "INV-2001", amount = 10 } })).ShouldBe(200).Json;
        CashDesk.Fate(matched).ShouldBe("posted beta");
        (await Store(app).SaveAsync([(seen, seen with { State = PaymentState.Waiting })], default)).ShouldBe([false]);
        (await desk.OpenAsync("alpha"), await desk.OpenAsync("beta")).ShouldBe(("INV-1001:10.00", string.Empty));

        // The same of what is set aside, and of the bank's reversals.
        CashDesk.State((await desk.UnmatchAsync(matched)).ShouldBe(200).Json).ShouldBe("new");
        CashDesk.State((await app.Admin.PostAsync($"/api/v1/bank/transactions/{CashDesk.Id(posted)}/set-aside", new { reason = "none of ours" })).ShouldBe(200).Json).ShouldBe("setAside");
        CashDesk.State((await app.Admin.PostAsync($"/api/v1/bank/transactions/{CashDesk.Id(posted)}/set-aside/reversal", new { })).ShouldBe(200).Json).ShouldBe("new");
        CashDesk.Fate((await desk.MatchAsync(posted, "alpha")).ShouldBe(200).Json).ShouldBe("posted alpha");
        foreach (var _ in new[] { 1, 2 })
        {
            (await app.Admin.PostAsync($"/api/v1/bank/transactions/{CashDesk.Id(payments[1])}/match", new { reverses = CashDesk.Id(posted) })).ShouldBe(200);
            CashDesk.State((await desk.UnmatchReturnAsync(payments[1], posted)).ShouldBe(200).Json).ShouldBe("new");
        }
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task Transactions_that_come_behind_their_sum_take_its_place_until_something_was_decided_of_it(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        var desk = await OpenAsync(app);
        await desk.CustomerAsync("alpha", "Alpha", ("INV-1001", 10m), ("INV-1002", 12m), ("INV-1003", 20m), ("INV-1004", 8m));
        CashLine Sum(string reference) => new(20m) { BankReference = reference };
        CashLine Listed(string reference, string one) => Sum(reference) with { Details = [(12m, one), (8m, "INV-1004")] };
        await SendAsync(app, Sum("R-1"), Sum("R-2"), Sum("R-3"));
        await ExecuteAsync(app, "update bank_transaction set unread = 0 where no = 1");
        await RoundsAsync(app);
        (await StatesAsync(app)).ShouldBe(["waiting LOW_CONFIDENCE", "waiting LOW_CONFIDENCE"]);
        await ExecuteAsync(app, "update bank_transaction set unread = 1 where no = 1");
        var statement = (await app.Admin.BookingsAsync())[0].GetProperty("statementId").GetString()!;
        (await desk.MatchAsync((await desk.PaymentsAsync(statement))[1], "alpha", Array.Empty<object>())).ShouldBe(200);

        // The first was not looked at yet, the second waits, the third is posted.
        var late = (await app.Admin.SendStatementAsync(CashFile.Of("T", Listed("R-1", "INV-1002"), Listed("R-2", "nothing"), Listed("R-3", "x")))).ShouldBe(201);
        (late["alreadyBooked"].GetInt64(), late["entries"].GetInt64()).ShouldBe((3, 3));
        late["warnings"].EnumerateArray().ShouldHaveSingleItem().GetString()!.ShouldContain("decided (posted); its 2 transactions are left out");
        await RoundsAsync(app);
        var payments = await desk.PaymentsAsync(statement);
        payments.Select(payment => $"{CashDesk.Id(payment)[37..]} {CashDesk.Fate(payment)}")
            .ShouldBe(["1-1 posted alpha", "1-2 posted alpha", "2-1 waiting NO_MATCH", "2-2 waiting NO_MATCH", "3 posted alpha"]);
        (await desk.OpenAsync("alpha")).ShouldEndWith("-3:-20.00 INV-1001:10.00 INV-1003:20.00");
        var counts = await desk.SettledAsync(statement);
        (counts.GetProperty("total").GetInt64(), counts.GetProperty("posted").GetInt64(), counts.GetProperty("waiting").GetInt64()).ShouldBe((5, 3, 2));

        // Once more they are known.
        (await app.Admin.SendStatementAsync(CashFile.Of("U", Listed("R-1", "INV-1002"), Listed("R-2", "nothing")))).ShouldBe(201)["warnings"].EnumerateArray()
            .ShouldNotContain(warning => warning.GetString()!.Contains("left out", StringComparison.Ordinal));
        await RoundsAsync(app);
        (await CountAsync(app)).ShouldBe(5);
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task Bookings_are_taken_apart_and_looked_at_again_a_bounded_number_at_a_time(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        await OpenAsync(app);
        await SendAsync(app, [.. Enumerable.Range(0, 25).Select(no => new CashLine(100m) { Details = [.. Enumerable.Repeat((1m, $"part of {no}"), 100)] })]);
        (await Intake(app).RunAsync(default)).ShouldBeTrue();
        (await CountAsync(app)).ShouldBeInRange(100, 1700);
        while (await Intake(app).RunAsync(default))
        {
        }

        (await CountAsync(app)).ShouldBe(2500);
        await ExecuteAsync(app, "update bank_payment set state = 'waiting'");
        (await Store(app).LookAgainAsync("main", default)).ShouldBe(2500);
        (await Store(app).LookAgainAsync("main", default)).ShouldBe(0);
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task Two_who_carry_one_decision_out_post_it_once(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database));
        var desk = await OpenAsync(app);
        await desk.CustomerAsync("alpha", "Alpha", ("INV-1001", 10m), ("INV-1002", 100m));
        await SendAsync(app, new CashLine(10m, "INV-1001"), new CashLine(10m, "INV-1001"), new CashLine(10m, "INV-1001"));
        await Intake(app).RunAsync(default);
        async Task<decimal> BalanceAsync() => (await app.Admin.GetAsync("/api/v1/accounts/alpha")).ShouldBe(200)["balance"].GetDecimal();

        // The other one is refused and stores that, while this one is taken.
        var first = await DecidedAsync(app, 0);
        var refused = first with { State = PaymentState.New, Customer = null, PaymentId = null, DecidedBy = null };
        var posting = Beside(app, async () => (await Store(app).SaveAsync([(first, refused)], default)).ShouldBe([true]));
        (await posting.RunAsync(first, bulk: true, default)).State.ShouldBe(PaymentState.Posted);
        (await StatesAsync(app))[0].ShouldBe("posted ");
        (await BalanceAsync()).ShouldBe(100m);

        // The same, and it is decided and posted anew before this one is back.
        var second = await DecidedAsync(app, 1);
        var again = PaymentMatching.Decide(second with { State = PaymentState.Waiting }, Chosen, "test");
        posting = Beside(app, async () =>
        {
            (await Store(app).SaveAsync([(second, again)], default)).ShouldBe([true]);
            (await app.Services.GetRequiredService<AccountPosting>().RunAsync(again, bulk: true, default)).State.ShouldBe(PaymentState.Posted);
        });
        (await posting.RunAsync(second, bulk: true, default)).PaymentId.ShouldBe(again.PaymentId);
        (await BalanceAsync()).ShouldBe(90m);

        // The one that was taken dies before it can say so.
        var third = await DecidedAsync(app, 2);
        var accounts = app.Services.GetRequiredService<IAccounts>();
        (await accounts.AskAsync(AccountId.Parse("alpha"), PaymentMatching.CommandOf(third), new AskOptions("test"), default)).ShouldBeOfType<Accounts.Contracts.Answer.Done>();
        var anew = PaymentMatching.Decide(third with { State = PaymentState.Waiting }, Chosen, "test");
        (await Store(app).SaveAsync([(third, anew)], default)).ShouldBe([true]);
        (await app.Services.GetRequiredService<AccountPosting>().RunAsync(anew, bulk: true, default)).State.ShouldBe(PaymentState.Posted);
        (await BalanceAsync()).ShouldBe(80m);
    }

    private static StoredSuggestion Chosen => new("x", AccountId.Parse("alpha"), null, 1m, [Evidence.ExactAmount], [], null);

    private static PaymentIntake Intake(RunningApp app) => app.Services.GetRequiredService<PaymentIntake>();

    private static PaymentRound Round(RunningApp app) => app.Services.GetRequiredService<PaymentRound>();

    private static PaymentStore Store(RunningApp app) => app.Services.GetRequiredService<PaymentStore>();

    private static async Task<CashDesk> OpenAsync(RunningApp app)
    {
        await app.Services.GetServices<IHostedService>().OfType<PaymentWorker>().Single().StopAsync(default);
        return await CashDesk.OpenAsync(app.Admin);
    }

    private static async Task SendAsync(RunningApp app, params CashLine[] lines) => (await app.Admin.SendStatementAsync(CashFile.Of("S", lines))).ShouldBe(201);

    private static async Task RoundsAsync(RunningApp app)
    {
        for (var round = 0; await Round(app).RunAsync(new SilentAccounts(), default); round++)
        {
            round.ShouldBeLessThan(20);
        }
    }

    private static async Task<StoredPayment> DecidedAsync(RunningApp app, int index)
    {
        var payment = (await Store(app).WorkAsync(100, default)).Single(one => one.No == index + 1);
        var decided = PaymentMatching.Decide(payment, Chosen, "test");
        (await Store(app).SaveAsync([(payment, decided)], default)).ShouldBe([true]);
        return decided;
    }

    private static AccountPosting Beside(RunningApp app, Func<Task> meanwhile) => new(
        new Meanwhile(app.Services.GetRequiredService<IAccounts>(), meanwhile), app.Services.GetRequiredService<IDatabase>(), Store(app),
        app.Services.GetRequiredService<ArCredit.Banking.MoneyOut.RefundReturns>(), app.Services.GetRequiredService<AccountTimeline>(), TimeProvider.System, NullLogger<AccountPosting>.Instance);

    private static async Task ExecuteAsync(RunningApp app, string sql)
    {
        await using var session = await app.Services.GetRequiredService<IDatabase>().BeginWriteAsync(default);
        await session.Connection.ExecuteAsync(sql, transaction: session.Transaction);
        await session.CommitAsync(default);
    }

    private static async Task<long> CountAsync(RunningApp app)
    {
        await using var session = await app.Services.GetRequiredService<IDatabase>().OpenReadAsync(default);
        return await session.Connection.ExecuteScalarAsync<long>("select count(*) from bank_payment");
    }

    private static async Task<List<string>> StatesAsync(RunningApp app)
    {
        await using var session = await app.Services.GetRequiredService<IDatabase>().OpenReadAsync(default);
        return [.. await session.Connection.QueryAsync<string>("select state || ' ' || coalesce(reason, '') from bank_payment order by statement_id, no, detail")];
    }

    /// <summary>Something happens between the account's first answer and whoever asked.</summary>
    private sealed class Meanwhile(IAccounts accounts, Func<Task> happens) : IAccounts
    {
        private bool happened;

        public async Task<Accounts.Contracts.Answer> AskAsync(AccountId account, AccountCommand command, AskOptions options, CancellationToken cancellation)
        {
            var answer = await accounts.AskAsync(account, command, options, cancellation);
            if (!happened)
            {
                happened = true;
                await happens();
            }

            return answer;
        }

        public Task<AccountView?> ReadAsync(AccountId account, CancellationToken cancellation) => accounts.ReadAsync(account, cancellation);
    }
}
