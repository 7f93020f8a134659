using System.Text.Json;
using System.Text.RegularExpressions;
using ArCredit.Testing.App;
using Shouldly;
using Xunit;

namespace ArCredit.Scenarios.Import;

/// <summary><c>build/run import</c> as an operator runs it.</summary>
public sealed partial class ImportCommandTests
{
    [Fact]
    public async Task Imports_on_the_data_itself_through_a_server_and_again_without_a_change()
    {
        using var file = new ForeignLedger(rows: 400);
        using var data = new TestDirectory();
        var settings = new AppSettings { DataDirectory = data.Path };

        var first = await RunAsync(settings, "import", file.Path, "--mapping", Mapping, "--data", data.Path, "--log-level", "Error", "--manual-clock", "2026-01-01T08:00:00Z");
        first.ExitCode.ShouldBe(0, first.Output);
        first.Output.ShouldContain("Import complete: ");
        first.Output.ShouldContain(" 0 unchanged, 0 conflict, 0 refused");

        await using var host = await HostProcess.StartAsync(settings);
        var again = await RunAsync(
            settings, "import", file.Path, "--mapping", Mapping, "--server", host.Admin.Http.BaseAddress!.ToString(), "--key", AppSettings.AdminKey);
        again.ExitCode.ShouldBe(0, again.Output);
        again.Output.ShouldContain(": 0 created, ");
        await PlainLedger.Read(file.Path).ShouldBeWhatItSaysAsync(host.Admin, new DateOnly(2024, 12, 24), new DateOnly(2025, 12, 31));
    }

    [Fact]
    public async Task The_first_start_after_an_import_still_shows_an_admin_key_that_works()
    {
        using var file = new ForeignLedger(rows: 3);
        using var data = new TestDirectory();
        var settings = new AppSettings { DataDirectory = data.Path, Key = null };
        var import = await RunAsync(settings, "import", file.Path, "--mapping", Mapping, "--data", data.Path, "--log-level", "Error");
        import.ExitCode.ShouldBe(0, import.Output);
        import.Output.ShouldNotContain("ark_");

        await using var host = await HostProcess.StartAsync(settings);
        var key = Key().Match(host.Output).Value;
        key.ShouldNotBeEmpty(host.Output);
        (await host.Admin.As(key).GetAsync("/api/v1/api-keys")).ShouldBe(200);
    }

    [Fact]
    public async Task Lines_that_were_not_taken_are_written_down_and_make_the_exit_code_1()
    {
        using var file = new ForeignLedger(rows: 3);
        await File.AppendAllLinesAsync(file.Path, ["W999,2024-13-01,2024-01-01,,5.00", "W999,2024-01-01,2024-01-01,2024-01-09,-5.00", "W999,2024-01-01"]);
        using var data = new TestDirectory();

        var (exitCode, output) = await RunAsync(
            new AppSettings(), "import", file.Path, "--mapping", Mapping, "--data", data.Path, "--log-level", "Error", "--errors", file.ErrorsPath);

        exitCode.ShouldBe(1, output);
        output.ShouldContain("3 refused");
        var errors = (await File.ReadAllLinesAsync(file.ErrorsPath)).Select(line => JsonDocument.Parse(line).RootElement).ToList();
        errors.Select(error => error.GetProperty("line").GetInt32()).ShouldBe([file.Rows + 2, file.Rows + 3, file.Rows + 4]);
        errors[0].GetProperty("error").GetProperty("message").GetString().ShouldBe("The row has the issue date '2024-13-01', which is not written as yyyy-MM-dd.");
        errors[2].GetProperty("source").GetString().ShouldBe("W999,2024-01-01");
    }

    [Fact]
    public async Task A_file_of_our_own_shape_is_sent_page_by_page()
    {
        using var data = new TestDirectory();
        var settings = new AppSettings { DataDirectory = data.Path };
        await using var host = await HostProcess.StartAsync(settings);
        (await host.Admin.PutAsync("/api/v1/accounts/OWN", new { currency = "EUR" })).ShouldBe(201);
        var file = Path.Combine(data.Path, "invoices.csv");
        await File.WriteAllLinesAsync(
            file, ["accountId,number,issueDate,amount,currency,reference", .. Enumerable.Range(1, 2500).Select(n => $"OWN,N{n},2025-01-01,1.00,EUR,\"a, b\""), "OWN,X,2025-01-01,,EUR,"]);

        var (exitCode, output) = await RunAsync(
            settings, "import", file, "--kind", "invoices", "--history", "--server", host.Admin.Http.BaseAddress!.ToString(), "--key", AppSettings.AdminKey);

        exitCode.ShouldBe(1, output);
        output.ShouldContain("2,501 records: 2,500 created, 0 unchanged, 0 conflict, 1 refused");
        (await host.Admin.GetAsync("/api/v1/accounts/OWN"))["balance"].GetDecimal().ShouldBe(2500m);
    }

    [Theory]
    [InlineData("import needs either --mapping or --kind.", "import", "FILE")]
    [InlineData("There is no file nowhere.csv.", "import", "nowhere.csv", "--kind", "invoices")]
    [InlineData("is no mapping; currency is required; invoice.amount is required; invoice.colour is not a known field", "import", "FILE", "--mapping", "BAD")]
    [InlineData("The mapping's customer.id names the column 'customerID', but FILE has: customer, invoice_date, due_date, clear_date, amount.", "import", "FILE", "--mapping", "OTHER")]
    public async Task Misuse_is_one_line_that_says_what_is_wrong(string expected, params string[] args)
    {
        using var file = new ForeignLedger(rows: 1);
        var bad = Path.ChangeExtension(file.Path, "json");
        await File.WriteAllTextAsync(bad, """{ "customer": { "id": { "column": "a", "value": "b" } }, "invoice": { "issueDate": { "column": "d" }, "colour": 1 } }""");
        string Fill(string text) => text.Replace("FILE", file.Path, StringComparison.Ordinal).Replace("BAD", bad, StringComparison.Ordinal)
            .Replace("OTHER", SharedLedgers.MappingOf("ibm-late-payments.json"), StringComparison.Ordinal);
        using var data = new TestDirectory();

        var (exitCode, output) = await RunAsync(new AppSettings(), [.. args.Select(Fill), "--data", data.Path, "--log-level", "Error"]);

        exitCode.ShouldBe(2, output);
        foreach (var part in expected.Split("; "))
        {
            output.ShouldContain(Fill(part));
        }
    }

    [Fact]
    public async Task Help_tells_everything()
    {
        var (exitCode, output) = await RunAsync(new AppSettings(), "import", "--help");
        exitCode.ShouldBe(0);
        foreach (var flag in new[] { "--mapping", "--kind", "--server", "--key", "--errors", "--replace", "--data" })
        {
            output.ShouldContain(flag);
        }
    }

    private static string Mapping => SharedLedgers.MappingOf("food-wholesale.json");

    private static Task<(int ExitCode, string Output)> RunAsync(AppSettings settings, params string[] args) => HostProcess.RunToEndAsync(settings, args);

    [GeneratedRegex("ark_[A-Za-z0-9_-]{43}")]
    private static partial Regex Key();
}
