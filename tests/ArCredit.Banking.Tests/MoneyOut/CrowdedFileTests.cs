using ArCredit.Accounts.Contracts;
using ArCredit.Kernel;
using ArCredit.Testing.App;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace ArCredit.Banking.Tests.MoneyOut;

/// <summary>More refunds than are read at once, and the first of them cannot go.</summary>
public sealed class CrowdedFileTests
{
    [Fact]
    public async Task Refunds_behind_as_many_that_cannot_go_go_all_the_same()
    {
        await using var app = await RunningApp.StartAsync(new AppSettings { Configure = TwoAtOnce });
        var desk = await RefundDesk.OpenAsync(app);
        await desk.CustomerAsync("c", 100);
        await desk.CustomerAsync("d", 100);
        await desk.CoolDownAsync();
        await desk.CustomerAsync("a", 100);
        await desk.CustomerAsync("b", 100);
        foreach (var id in new[] { "a", "b", "c", "d" })
        {
            await desk.ApprovedAsync(id, "R-1", 60);
        }

        var made = (await desk.MakeFileAsync()).ShouldBe(201);
        RefundDesk.Payments(made).Select(line => line.GetProperty("account").GetString()).ShouldBe(["c", "d"]);
        made["leftOut"].EnumerateArray().Select(one => $"{one.GetProperty("account").GetString()} {one.GetProperty("reason").GetString()}")
            .ShouldBe(["a PAYEE_COOLING_DOWN", "b PAYEE_COOLING_DOWN"]);
    }

    private static void TwoAtOnce(IServiceCollection services)
    {
        var known = services.Single(service => service.ServiceType == typeof(IRefunds));
        services.Remove(known);
        services.AddSingleton<IRefunds>(provider => new Paged(
            (IRefunds)(known.ImplementationFactory?.Invoke(provider) ?? ActivatorUtilities.CreateInstance(provider, known.ImplementationType!))));
    }

    private sealed class Paged(IRefunds inner) : IRefunds
    {
        public Task<RefundState?> FindAsync(AccountId account, DocumentNumber id, CancellationToken cancellation) => inner.FindAsync(account, id, cancellation);

        public Task<IReadOnlyList<(AccountId Account, RefundState Refund)>> StandingAsync(
            string company, RefundStatus status, Currency currency, (string Account, string Id) after, int limit, CancellationToken cancellation) =>
            inner.StandingAsync(company, status, currency, after, Math.Min(2, limit), cancellation);
    }
}
