using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Reference;
using ArCredit.Host.Demo;
using ArCredit.Identity;
using ArCredit.Kernel;

namespace ArCredit.Host.Start;

/// <summary>What a start prints: where it listens, the admin key once, and a first credit check to paste.</summary>
internal static class StartupBanner
{
    private const string CompanyId = "main";
    private const string NewCustomer = "1001";

    /// <summary>Prints it; the check is one that works on what is stored.</summary>
    public static async Task PrintAsync(IServiceProvider services, IReadOnlyCollection<string> urls, TextWriter console)
    {
        var address = Reachable(urls.FirstOrDefault() ?? "http://127.0.0.1:5080");
        var isGiven = !string.IsNullOrEmpty(services.GetRequiredService<IConfiguration>()[IdentityModule.AdminKeyVariable]);
        string? made = null;
        await services.MakeMissingAdminKeyAsync(ShowAsync, CancellationToken.None);
        await console.WriteLineAsync();
        await console.WriteLineAsync($"ArCredit listens on {string.Join(", ", urls)}   try it at {address}/docs");
        await console.WriteLineAsync();
        if (made is null && !isGiven)
        {
            await console.WriteLineAsync("Put the admin key that was printed once into KEY; should it be lost, see Keys in the README.");
        }

        await PrintCheckAsync(services, console, address, made ?? (isGiven ? "$ARCREDIT_ADMIN_KEY" : "$KEY"));
        await console.WriteLineAsync();
        await console.FlushAsync();

        async Task ShowAsync(string key)
        {
            made = key;
            await console.WriteLineAsync();
            await console.WriteLineAsync($"Admin key, shown only this once: {key}");
            await console.FlushAsync();
        }
    }

    /// <summary>An address that can be called: "every address of this machine" is none.</summary>
    internal static string Reachable(string url) =>
        url.Replace("://0.0.0.0", "://127.0.0.1", StringComparison.Ordinal).Replace("://[::]", "://[::1]", StringComparison.Ordinal);

    private static async Task PrintCheckAsync(IServiceProvider services, TextWriter console, string address, string key)
    {
        var accounts = services.GetRequiredService<IAccounts>();
        var isDemo = services.GetRequiredService<IConfiguration>().GetValue<bool>("Demo");
        foreach (var known in isDemo ? [DemoPortfolio.FirstCustomer, NewCustomer] : new[] { NewCustomer })
        {
            if (await CurrencyOfAsync(accounts, known) is { } its)
            {
                await console.WriteLineAsync("A first credit check to paste:");
                await console.WriteLineAsync(Check(address, key, known, its));
                return;
            }
        }

        if (services.GetRequiredService<IReferencePublisher>().FindCompany(CompanyId) is { Currency: var currency })
        {
            await console.WriteLineAsync("A customer and a first credit check to paste:");
            await console.WriteLineAsync($"""
                  curl -s -X PUT "{address}/api/v1/accounts/{NewCustomer}" -H "Authorization: Bearer {key}" -H "Content-Type: application/json" -d '{"{"}"name":"First customer","currency":"{currency}","creditLimit":1000{"}"}'
                """);
            await console.WriteLineAsync(Check(address, key, NewCustomer, currency));
        }
    }

    private static async Task<Currency?> CurrencyOfAsync(IAccounts accounts, string account)
    {
        try
        {
            return (await accounts.ReadAsync(AccountId.Parse(account), CancellationToken.None))?.Master.Currency;
        }
        catch (Exception away) when (away is AccountBusyException or AccountUnavailableException or OutcomeUnknownException)
        {
            // A line to paste is no reason to stop a server whose database hesitates.
            return null;
        }
    }

    private static string Check(string address, string key, string account, Currency currency) =>
        $"""
          curl -s "{address}/api/v1/accounts/{account}/credit-checks" -H "Authorization: Bearer {key}" -H "Content-Type: application/json" -d '{"{"}"amount":250,"currency":"{currency}","checkpoint":"pos"{"}"}'
        """;
}
