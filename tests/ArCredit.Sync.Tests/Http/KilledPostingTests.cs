using ArCredit.Accounts.Contracts;
using ArCredit.Kernel;
using ArCredit.Platform.Data;
using ArCredit.Sync.Posting;
using ArCredit.Sync.Tests.Written;
using ArCredit.Testing.App;
using ArCredit.Testing.Databases;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace ArCredit.Sync.Tests.Http;

/// <summary>What is stored is posted in the end, once, wherever the request for it stopped.</summary>
public sealed class KilledPostingTests
{
    private const int Invoices = 40;

    [Theory]
    [InlineData(Dialect.Sqlite, false)]
    [InlineData(Dialect.Sqlite, true)]
    public async Task A_stop_before_or_after_the_posting_loses_and_doubles_nothing(Dialect dialect, bool isPosted)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        var stop = new Stop(isPosted);
        await using (var app = await RunningApp.StartAsync(AppSettings.On(database) with { Configure = stop.Plant }))
        {
            (await app.Admin.PutSellerAsync()).ShouldBe(201);
            await app.Admin.CustomerAsync("A", "FR12345678901");
            stop.IsOn = true;
            (await app.Admin.SendAsync(new WrittenInvoice("R-1"))).ShouldBe(201)["status"].GetString().ShouldBe("posting");
            (await app.Admin.SendAsync(new WrittenInvoice("R-1"))).ShouldBe(200)["status"].GetString().ShouldBe("posting");
        }

        await using var next = await RunningApp.StartAsync(AppSettings.On(database));
        await next.SettledAsync();
        (await next.Admin.SendAsync(new WrittenInvoice("R-1"))).ShouldBe(200).Status().ShouldBe("posted");
        (await next.Admin.OpenAsync("A")).ShouldBe("R-1:119.00");
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task A_server_that_is_killed_while_files_come_has_each_of_them_once(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        var settings = AppSettings.On(database);
        var files = Enumerable.Range(0, Invoices).Select(no => new WrittenInvoice($"R-{no:00}")).ToList();
        await using (var host = await HostProcess.StartAsync(settings))
        {
            (await host.Admin.PutSellerAsync()).ShouldBe(201);
            await host.Admin.CustomerAsync("A", "FR12345678901");
            var sent = files.Select(file => host.Admin.SendAsync(file)).ToList();
            await Task.WhenAny(sent);
            await host.KillAsync();
            await Task.WhenAll(sent.Select(one => one.ContinueWith(done => done.Exception, TaskScheduler.Default)));
        }

        await using var next = await RunningApp.StartAsync(settings);
        foreach (var file in files)
        {
            (await next.Admin.SendAsync(file)).Status.ShouldBeOneOf(200, 201);
        }

        await next.SettledAsync();
        (await next.Admin.GetAsync($"{EInvoiceCalls.Path}?status=posted&limit=1000")).ShouldBe(200)["items"].GetArrayLength().ShouldBe(Invoices);
        (await next.Admin.GetAsync("/api/v1/accounts/A")).ShouldBe(200)["balance"].GetDecimal().ShouldBe(119m * Invoices);
    }

    /// <summary>Answers to nobody any more, before or after the account has done what it was asked: what the process looks like from outside when it dies.</summary>
    private sealed class Stop(bool after)
    {
        public bool IsOn { get; set; }

        public void Plant(IServiceCollection services)
        {
            var own = services.Last(service => service.ServiceType == typeof(IAccounts));
            services.AddSingleton<IAccounts>(provider => new Accounts((IAccounts)own.ImplementationFactory!(provider), this, after));
        }

        private sealed class Accounts(IAccounts own, Stop stop, bool after) : IAccounts
        {
            public async Task<ArCredit.Accounts.Contracts.Answer> AskAsync(AccountId account, AccountCommand command, AskOptions options, CancellationToken cancellation)
            {
                if (stop.IsOn && !after)
                {
                    throw new AccountBusyException("stopped before");
                }

                var answer = await own.AskAsync(account, command, options, cancellation);
                return stop.IsOn ? throw new AccountBusyException("stopped after") : answer;
            }

            public Task<AccountView?> ReadAsync(AccountId account, CancellationToken cancellation) => own.ReadAsync(account, cancellation);
        }
    }
}

/// <summary>What workers do behind an answer.</summary>
internal static class Behind
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>What people said of buyers is not known any more.</summary>
    public static async Task ForgetBuyersAsync(this RunningApp app)
    {
        await using var session = await app.Services.GetRequiredService<IDatabase>().BeginWriteAsync(default);
        await session.Connection.ExecuteAsync("delete from einvoice_buyer", transaction: session.Transaction);
        await session.CommitAsync(default);
    }

    /// <summary>Has the worker look until there is nothing left to do.</summary>
    public static async Task SettledAsync(this RunningApp app)
    {
        using var late = new CancellationTokenSource(Patience);
        var worker = app.Services.GetRequiredService<EInvoiceWorker>();
        while (true)
        {
            late.IsCancellationRequested.ShouldBeFalse("there are e-invoices that were not posted");
            await worker.RunAsync(late.Token);
            var open = 0;
            foreach (var status in new[] { "received", "posting" })
            {
                open += (await app.Admin.GetAsync($"{EInvoiceCalls.Path}?status={status}")).ShouldBe(200)["items"].GetArrayLength();
            }

            if (open == 0)
            {
                return;
            }
        }
    }
}
