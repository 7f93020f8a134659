using ArCredit.Host.Demo;
using ArCredit.Platform.Start;

namespace ArCredit.Host.Start;

/// <summary>What a start prints: where it listens, the admin key once, and a first credit check to paste.</summary>
internal static class StartupBanner
{
    public static void Print(WebApplication app, TextWriter console)
    {
        var address = app.Urls.FirstOrDefault() ?? "http://127.0.0.1:5080";
        var made = app.Services.GetRequiredService<NewAdminKey>().Take();
        console.WriteLine();
        console.WriteLine($"ArCredit listens on {string.Join(", ", app.Urls)}   try it at {address}/docs");
        if (made is not null)
        {
            console.WriteLine();
            console.WriteLine($"Admin key, shown only this once: {made}");
        }

        var key = made ?? "$ARCREDIT_ADMIN_KEY";
        console.WriteLine();
        if (app.Configuration.GetValue<bool>("Demo"))
        {
            console.WriteLine("A first credit check to paste:");
            console.WriteLine(Check(address, key, DemoPortfolio.FirstCustomer, "AZN"));
        }
        else
        {
            var currency = app.Configuration["Currency"] ?? "EUR";
            console.WriteLine("A customer and a first credit check to paste:");
            console.WriteLine($"""
                  curl -s -X PUT {address}/api/v1/accounts/1001 -H "Authorization: Bearer {key}" -H "Content-Type: application/json" -d '{"{"}"name":"First customer","currency":"{currency}","creditLimit":1000{"}"}'
                """);
            console.WriteLine(Check(address, key, "1001", currency));
        }

        console.WriteLine();
        console.Flush();
    }

    private static string Check(string address, string key, string account, string currency) =>
        $"""
          curl -s {address}/api/v1/accounts/{account}/credit-checks -H "Authorization: Bearer {key}" -H "Content-Type: application/json" -d '{"{"}"amount":250,"currency":"{currency}","checkpoint":"pos"{"}"}'
        """;
}
