using System.Reflection;
using ArCredit.Accounts.Contracts;
using ArCredit.Banking.Tests.DirectDebits;
using ArCredit.Banking.Tests.Http;
using ArCredit.Banking.Tests.Posting;
using ArCredit.Kernel;
using ArCredit.Platform.Data;
using ArCredit.Testing.App;
using ArCredit.Testing.Databases;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;
using Answer = ArCredit.Testing.App.Answer;

namespace ArCredit.Banking.Tests.MoneyOut;

/// <summary>One account of many cannot answer: the others' money moves, and its own as soon as it answers.</summary>
public sealed class SilentAccountTests
{
    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task A_payment_file_goes_on_without_an_account_that_does_not_answer_and_pays_it_later(Dialect dialect)
    {
        var silent = new Silence("beta");
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database) with { Configure = silent.Replace });
        var desk = await RefundDesk.OpenAsync(app);
        foreach (var id in new[] { "alpha", "beta", "gamma" })
        {
            await desk.CustomerAsync(id, 100);
            await desk.ApprovedAsync(id, "R-1", 60);
        }

        await desk.CoolDownAsync();

        // It does what it is asked, and nobody hears of it.
        silent.IsOn = true;
        var made = (await desk.MakeFileAsync("key-1")).ShouldBe(201);
        var messageId = made["file"].GetProperty("messageId").GetString()!;
        made["file"].GetProperty("state").GetString().ShouldBe("collecting");
        Lines(made).ShouldBe(["alpha filed - -", "beta taken OUTCOME_UNKNOWN -", "gamma filed - -"]);

        var ready = await BecomesAsync(app, messageId, "ready");
        ready["file"].GetProperty("controlSum").GetDecimal().ShouldBe(120);
        CreditTransfers.Read(await desk.DownloadAsync(messageId), "pain.001.001.09").Transfers.Select(each => each.Amount).ShouldBe([60, 60]);
        var next = RefundDesk.Payments(ready)[1].GetProperty("movedTo").GetString().ShouldNotBeNull();
        Lines(ready).ShouldBe(["alpha filed - -", $"beta taken OUTCOME_UNKNOWN {next}", "gamma filed - -"]);
        var waiting = (await app.Admin.GetAsync($"/api/v1/bank/payment-files/{next}")).ShouldBe(200);
        (waiting["file"].GetProperty("state").GetString(), Lines(waiting).ShouldHaveSingleItem()).ShouldBe(("collecting", "beta taken OUTCOME_UNKNOWN -"));
        (await desk.MakeFileAsync("key-1")).ShouldBe(201)["file"].GetProperty("messageId").GetString().ShouldBe(messageId);
        (await desk.MakeFileAsync()).ShouldBeProblem(422, "NOTHING_TO_PAY");

        silent.IsOn = false;
        Lines(await BecomesAsync(app, next, "ready")).ShouldBe(["beta filed - -"]);
        CreditTransfers.Read(await desk.DownloadAsync(next), "pain.001.001.09").Transfers.ShouldHaveSingleItem().Amount.ShouldBe(60);
        (await desk.StandAsync("beta")).ShouldBe((-40, -40, 0));
        (await desk.ReportAsync(RefundDesk.Report(next, "ACSC"))).ShouldBe(201)["settled"].GetInt32().ShouldBe(1);
        (await desk.StatusAsync("beta", "R-1")).ShouldBe("settled");
    }

    [Fact]
    public async Task What_one_account_cannot_be_told_is_seen_at_its_payment_and_told_later()
    {
        var silent = new Silence("beta");
        await using var app = await RunningApp.StartAsync(new AppSettings { Configure = silent.Replace });
        var desk = await RefundDesk.OpenAsync(app);
        foreach (var id in new[] { "alpha", "beta", "gamma" })
        {
            await desk.CustomerAsync(id, 100);
            await desk.ApprovedAsync(id, "R-1", 60);
        }

        await desk.CoolDownAsync();
        var messageId = (await desk.MakeFileAsync()).ShouldBe(201)["file"].GetProperty("messageId").GetString()!;
        silent.IsOn = true;
        (await desk.ReportAsync(RefundDesk.Report(messageId, "RJCT", "AC04"))).ShouldBe(201)["rejected"].GetInt32().ShouldBe(3);
        Lines((await app.Admin.GetAsync($"/api/v1/bank/payment-files/{messageId}")).ShouldBe(200))
            .ShouldBe(["alpha rejected - -", "beta filed OUTCOME_UNKNOWN -", "gamma rejected - -"]);
        silent.IsOn = false;
        await desk.BecomesAsync("beta", "R-1", "rejected");
        (await desk.StandAsync("beta")).ShouldBe((-100, -100, 0));
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task A_collection_file_goes_on_without_one_that_cannot_be_looked_at_and_asks_for_it_later(Dialect dialect)
    {
        var silent = new Silence("beta");
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database) with { Configure = silent.Replace });
        var desk = await DebitDesk.OpenAsync(app);
        await desk.CustomerAsync("alpha", amounts: [100]);
        await desk.CustomerAsync("beta", amounts: [40]);
        await desk.ApprovedAsync();
        await desk.NoticeAsync();
        silent.IsOn = true;
        var messageId = (await desk.FileAsync()).ShouldBe(201)["file"].GetProperty("messageId").GetString()!;
        var beta = await desk.CollectionAsync("beta");
        (beta.GetProperty("state").GetString(), beta.GetProperty("error").GetString()).ShouldBe(("taken", "INTERNAL_ERROR"));
        (await BecomesAsync(app, messageId, "ready"))["file"].GetProperty("controlSum").GetDecimal().ShouldBe(100);
        beta = await desk.CollectionAsync("beta");
        (beta.GetProperty("state").GetString(), beta.GetProperty("movedFrom").GetString()).ShouldBe(("taken", messageId));

        silent.IsOn = false;
        var next = beta.GetProperty("messageId").GetString()!;
        (await BecomesAsync(app, next, "ready"))["file"].GetProperty("controlSum").GetDecimal().ShouldBe(40);
        foreach (var file in new[] { messageId, next })
        {
            (await desk.Asks.PostAsync($"/api/v1/bank/payment-files/{file}/sending")).ShouldBe(200);
        }

        // On its day the one is not told either, and the other is.
        silent.IsOn = true;
        (await app.Admin.PutAsync("/api/v1/system/clock", new { now = AppSettings.Start.AddDays(19) })).ShouldBe(200);
        await desk.BecomesAsync("alpha", "settled");
        await app.ComesToPassAsync(async () => (await desk.CollectionAsync("beta")).GetProperty("error").GetString() == "OUTCOME_UNKNOWN");
        (await desk.StateAsync("beta")).ShouldBe("settling");
        silent.IsOn = false;
        await desk.BecomesAsync("beta", "settled");
        await app.ComesToPassAsync(async () => (await desk.CollectionAsync("beta")).GetProperty("error").GetString() is null);
        (await desk.StandAsync("beta")).ShouldBe((0, 0, 40, 0));
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task Payments_of_others_are_posted_while_one_account_does_not_answer(Dialect dialect)
    {
        var silent = new Silence("beta");
        await using var database = await TestDatabase.MigratedAsync(dialect);
        await using var app = await RunningApp.StartAsync(AppSettings.On(database) with { Configure = silent.Replace });
        var bank = await CashDesk.OpenAsync(app.Admin);
        await bank.CustomerAsync("alpha", "Alpha", ("INV-1001", 10m), ("INV-1002", 11m));
        await bank.CustomerAsync("beta", "Beta", ("INV-2001", 20m), ("INV-2002", 21m), ("INV-2003", 22m));
        (await bank.ReceiveAsync(new CashLine(20m, "INV-2001") { EndToEnd = "E-1" })).Select(CashDesk.Fate).ShouldBe(["posted beta"]);
        async Task<string> SendAsync(params CashLine[] lines) =>
            (await app.Admin.SendStatementAsync(CashFile.Of($"F{Guid.NewGuid():N}", lines))).ShouldBe(201)["statements"][0].GetProperty("id").GetString()!;
        async Task BecomesAsync(string statement, params string[] fates)
        {
            List<string> now = [];
            await app.ComesToPassAsync(async () => (now = [.. (await bank.PaymentsAsync(statement)).Select(CashDesk.Fate)]).SequenceEqual(fates), () => string.Join(", ", now));
        }

        // What is being posted, what waits for that, and what is taken back, each before somebody else's.
        silent.IsOn = true;
        var posted = await SendAsync(new CashLine(21m, "INV-2002"), new CashLine(22m, "INV-2003"), new CashLine(11m, "INV-1002"));
        await BecomesAsync(posted, "posting beta", "new ", "posted alpha");
        var taken = await SendAsync(new CashLine(-20m) { EndToEnd = "E-1", IsReversal = true }, new CashLine(10m, "INV-1001"));
        await BecomesAsync(taken, "posting beta", "posted alpha");
        silent.IsOn = false;
        await BecomesAsync(taken, "posted beta", "posted alpha");
        await BecomesAsync(posted, "posted beta", "posted beta", "posted alpha");
        (await bank.OpenAsync("beta")).ShouldBe("INV-2001:20.00");
    }

    /// <summary>Customer, state, error and the file it is in now.</summary>
    private static IEnumerable<string> Lines(Answer file) => RefundDesk.Payments(file).Select(line =>
        $"{line.GetProperty("account").GetString()} {line.GetProperty("state").GetString()} {line.GetProperty("error").GetString() ?? "-"} {line.GetProperty("movedTo").GetString() ?? "-"}");

    private static async Task<Answer> BecomesAsync(RunningApp app, string messageId, string state)
    {
        Answer file = null!;
        await app.ComesToPassAsync(async () => (file = (await app.Admin.GetAsync($"/api/v1/bank/payment-files/{messageId}")).ShouldBe(200))["file"].GetProperty("state").GetString() == state);
        return file;
    }

    /// <summary>An account that does what it is asked and does not say so, and whose open items cannot be read.</summary>
    private sealed class Silence(string account)
    {
        private volatile bool isOn;

        public bool IsOn
        {
            get => isOn;
            set => isOn = value;
        }

        public void Replace(IServiceCollection services)
        {
            Wrap<IAccounts>(services, inner => new SilentAccounts(inner, this));
            Wrap<IOpenItems>(services, inner =>
            {
                var proxy = DispatchProxy.Create<IOpenItems, UnreadableItems>();
                ((UnreadableItems)(object)proxy).Set(inner, this);
                return proxy;
            });
        }

        public bool IsAbout(string id) => IsOn && id == account;

        private static void Wrap<T>(IServiceCollection services, Func<T, T> wrap)
            where T : class
        {
            var known = services.Single(service => service.ServiceType == typeof(T));
            services.Remove(known);
            services.AddSingleton(provider => wrap((T)(known.ImplementationFactory?.Invoke(provider) ?? ActivatorUtilities.CreateInstance(provider, known.ImplementationType!))));
        }
    }

    private sealed class SilentAccounts(IAccounts inner, Silence silence) : IAccounts
    {
        public async Task<ArCredit.Accounts.Contracts.Answer> AskAsync(AccountId account, AccountCommand command, AskOptions options, CancellationToken cancellation)
        {
            var answer = await inner.AskAsync(account, command, options, cancellation);
            return silence.IsAbout(account.Value) ? throw new OutcomeUnknownException() : answer;
        }

        public Task<AccountView?> ReadAsync(AccountId account, CancellationToken cancellation) => inner.ReadAsync(account, cancellation);
    }

    /// <summary>Made by <see cref="DispatchProxy"/>.</summary>
    public class UnreadableItems : DispatchProxy
    {
        private IOpenItems inner = null!;
        private Silence silence = null!;

        internal void Set(object items, object quiet) => (inner, silence) = ((IOpenItems)items, (Silence)quiet);

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
            targetMethod!.Name == nameof(IOpenItems.DueAsync) && args!.OfType<IReadOnlyCollection<string>>().Any(ids => ids.Count == 1 && silence.IsAbout(ids.First()))
                ? throw new InvalidOperationException("The items cannot be read.")
                : targetMethod.Invoke(inner, args);
    }
}
