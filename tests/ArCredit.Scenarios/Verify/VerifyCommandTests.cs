using System.Security.Cryptography;
using ArCredit.Platform.Data;
using ArCredit.Testing.App;
using ArCredit.Testing.Databases;
using Dapper;
using Microsoft.Data.Sqlite;
using Shouldly;
using Xunit;

namespace ArCredit.Scenarios.Verify;

/// <summary><c>build/run verify</c> as an operator and an auditor run it.</summary>
public sealed class VerifyCommandTests
{
    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task What_a_running_server_has_written_is_whole(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        var settings = AppSettings.On(database);
        await using var host = await HostProcess.StartAsync(settings);
        await WriteAsync(host.Admin);

        var (exitCode, output) = await VerifyAsync(settings);

        exitCode.ShouldBe(0, output);
        output.ShouldContain("Verified 1 accounts, 4 journal rows, 2 decisions");
        output.ShouldContain("Whole: no findings.");
        (await host.Admin.GetAsync("/api/v1/accounts/V-1")).ShouldBe(200);
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task Allocations_discounts_claims_and_write_offs_are_whole_too(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        var settings = AppSettings.On(database);
        await using var host = await HostProcess.StartAsync(settings);
        const string account = "/api/v1/accounts/V-2";
        async Task Post(string path, object body) => (await host.Admin.PostAsync($"{account}/{path}", body)).ShouldBe(201);
        var terms = new { netDays = 30, discount = new[] { new { percent = 2, days = 10 } } };
        (await host.Admin.PutAsync(account, new { currency = "EUR", creditLimit = 1000, paymentTerms = terms })).ShouldBe(201);
        await Post("invoices", new { number = "I-1", issueDate = "2026-01-01", amount = 100, currency = "EUR" });
        await Post("invoices", new { number = "I-2", issueDate = "2026-01-01", amount = 100, currency = "USD", fxRate = 0.9137 });
        await Post("payments", new { paymentId = "P-1", amount = 98, currency = "EUR", receivedOn = "2026-01-05", method = "cheque" });
        await Post("payments/P-1/reversal", new { reason = "bounced" });
        await Post("payments", new { paymentId = "P-2", amount = 33.33, currency = "USD", fxRate = 0.95, receivedOn = "2026-01-05", method = "transfer" });
        await Post("payments/P-2/allocations/1/reversal", new { note = "another customer's" });
        await Post("payments/P-2/allocations", new { allocations = new[] { new { invoice = "I-2", amount = 20 } } });
        await Post("claims", new { type = "fee", number = "F-1", issueDate = "2026-01-06", amount = 5, currency = "EUR" });
        await Post("write-offs", new { writeOffId = "W-1", kind = "waiver", invoice = "F-1", reason = "goodwill" });
        await Post("write-offs", new { writeOffId = "W-2", kind = "badDebt", invoice = "I-1", reason = "insolvent" });
        (await host.Admin.PostAsync($"{account}/reservations", new { kind = "pos", amount = 1, currency = "EUR" })).ShouldBe(200);
        await Post("payments", new { paymentId = "P-3", amount = 40, currency = "EUR", receivedOn = "2026-01-08", method = "transfer" });
        await Post("write-offs/W-1/reversal", new { });

        var (exitCode, output) = await VerifyAsync(settings);

        exitCode.ShouldBe(0, output);
        output.ShouldContain("Whole: no findings.");
    }

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task Refunds_are_whole_too(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        var settings = AppSettings.On(database);
        await using var host = await HostProcess.StartAsync(settings);
        const string account = "/api/v1/accounts/V-3";
        var second = host.Admin.As((await host.Admin.PutAsync("/api/v1/api-keys/second", new { roles = new[] { "finance" } })).ShouldBe(201)["key"].GetString());
        (await host.Admin.PutAsync("/api/v1/bank/payment-rules/main", new { payeeCoolDownDays = 0 })).ShouldBe(200);
        (await host.Admin.PutAsync("/api/v1/bank/accounts/main", new { name = "Main", currency = "EUR", iban = "DE42100100100043921105" })).ShouldBe(201);
        (await host.Admin.PutAsync("/api/v1/bank/accounts/main/outgoing", new { holder = "Main Ltd" })).ShouldBe(200);
        (await host.Admin.PutAsync(account, new { currency = "EUR" })).ShouldBe(201);
        (await host.Admin.PutAsync($"{account}/payees/bank", new { iban = "AZ21NABZ00000000137010001944", holder = "Aysel" })).ShouldBe(201);
        (await second.PostAsync($"{account}/payees/bank/confirmation", new { version = 1 })).ShouldBe(200);
        foreach (var payment in new[] { "P-1", "P-2", "P-3" })
        {
            (await host.Admin.PostAsync($"{account}/payments", new
            {
                paymentId = payment,
                amount = 33.33,
                currency = "EUR",
                receivedOn = "2026-01-01",
                method = "transfer",
                allocations = Array.Empty<object>(),
            })).ShouldBe(201);
        }

        (await host.Admin.PostAsync($"{account}/invoices", new
        {
            number = "I-H",
            issueDate = "2026-01-01",
            amount = 70m,
            currency = "EUR",
            retention = new { percent = 12.5m, expectedReleaseOn = "2026-06-01" },
        })).ShouldBe(201);
        (await host.Admin.PostAsync($"{account}/invoices/I-H/retention/releases", new { amount = 5m, reason = "half" })).ShouldBe(201);
        (await host.Admin.PostAsync($"{account}/invoices/I-H/retention/releases", new { reason = "rest" })).ShouldBe(201);
        (await host.Admin.PostAsync($"{account}/invoices/I-H/retention/releases/3/reversal", new { note = "not yet" })).ShouldBe(201);
        foreach (var (refund, amount) in new[] { ("R-1", 40m), ("R-2", 20m), ("R-3", 30m) })
        {
            (await host.Admin.PostAsync($"{account}/refunds", new { refundId = refund, amount, currency = "EUR", payee = "bank", reason = "overpaid", note = "n" })).ShouldBe(201);
        }

        foreach (var refund in new[] { "R-1", "R-2" })
        {
            (await second.PostAsync($"{account}/refunds/{refund}/approval", new { payeeVersion = 1 })).ShouldBe(201);
        }

        var file = (await second.PostAsync("/api/v1/bank/payment-files", new { bankAccount = "main" })).ShouldBe(201)["file"].GetProperty("messageId").GetString();
        (await host.Admin.PostAsync($"{account}/refunds/R-3/cancellation", new { reason = "mistake", note = "not now" })).ShouldBe(201);
        (await host.Admin.PostAsync($"{account}/payments/P-1/reversal", new { reason = "bounced" })).ShouldBe(201);
        (await second.PostAsync($"/api/v1/bank/payment-files/{file}/withdrawal")).ShouldBe(200);
        (await host.Admin.GetAsync(account)).ShouldBe(200)["balance"].GetDecimal().ShouldBe(3.34m);

        var (exitCode, output) = await VerifyAsync(settings);

        exitCode.ShouldBe(0, output);
        output.ShouldContain("Whole: no findings.");
    }

    [SqliteFact]
    public async Task Exported_heads_show_a_cut_end_and_nobody_can_forge_them()
    {
        using var data = new TestDirectory();
        var settings = await WrittenAsync(data);
        var heads = Path.Combine(data.Path, "heads.txt");
        var publicKey = Path.Combine(data.Path, "heads-key.pub.pem");
        var before = await File.ReadAllBytesAsync(DatabaseOf(data));

        (await VerifyAsync(settings, "--write-heads", heads)).ExitCode.ShouldBe(0);
        (await File.ReadAllBytesAsync(DatabaseOf(data))).ShouldBe(before, "verify changes nothing");
        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(Path.Combine(data.Path, "heads-key.pem")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        (await VerifyAsync(settings, "--heads", heads)).Output.ShouldContain("the key that it names itself");
        var pinned = await VerifyAsync(settings, "--heads", heads, "--public-key", publicKey);
        pinned.ExitCode.ShouldBe(0, pinned.Output);
        pinned.Output.ShouldContain("1 exported heads");

        Execute(data, "delete from journal where version = 4; delete from account_key where version = 4; delete from reservation where version = 4");
        (await VerifyAsync(settings)).ExitCode.ShouldBe(0, "the chain alone does not show it");
        var cut = await VerifyAsync(settings, "--heads", heads, "--public-key", publicKey);
        cut.ExitCode.ShouldBe(1, cut.Output);
        cut.Output.ShouldContain("Account V-1 version 4: heads: the end is cut off: the journal ends at version 3");
        cut.Output.ShouldContain("BROKEN: 1 findings.");

        // Who cuts the end may also write the file anew; but not with this key.
        var lines = await File.ReadAllLinesAsync(heads);
        lines.Length.ShouldBe(5);
        await File.WriteAllLinesAsync(heads + ".forged", lines.Select(line => line.EndsWith(" V-1", StringComparison.Ordinal) ? "3" + line[1..] : line));
        var forged = await VerifyAsync(settings, "--heads", heads + ".forged");
        forged.ExitCode.ShouldBe(2, forged.Output);
        forged.Output.ShouldContain("its heads are not the ones that were exported");
        await File.WriteAllLinesAsync(heads + ".cut", lines[..4]);
        (await VerifyAsync(settings, "--heads", heads + ".cut")).Output.ShouldContain("does not end with its signature");
        using (var other = ECDsa.Create(ECCurve.NamedCurves.nistP256))
        {
            await File.WriteAllTextAsync(publicKey, other.ExportSubjectPublicKeyInfoPem());
        }

        var foreign = await VerifyAsync(settings, "--heads", heads, "--public-key", publicKey);
        (foreign.ExitCode, foreign.Output.Contains("is signed with the key", StringComparison.Ordinal)).ShouldBe((2, true), foreign.Output);
    }

    [SqliteFact]
    public async Task A_broken_journal_is_named_and_no_heads_are_exported_of_it()
    {
        using var data = new TestDirectory();
        var settings = await WrittenAsync(data);
        Execute(data, "update journal set payload = cast(replace(cast(payload as text), '250', '150') as blob) where version = 3");
        var heads = Path.Combine(data.Path, "heads.txt");

        var (exitCode, output) = await VerifyAsync(settings, "--write-heads", heads);

        exitCode.ShouldBe(1, output);
        output.ShouldContain("Account V-1 version 3: journal: the hash of its content behind row 2 is ");
        output.ShouldContain("1 accounts have a broken journal; nothing else of theirs was compared.");
        Directory.GetFiles(data.Path, "heads.txt*").ShouldBeEmpty();
    }

    [SqliteTheory]
    [InlineData("There is no database", null)]
    [InlineData("The database is older than this version: migration 20261121_01_journal was not applied", "delete from schema_migration where name = '20261121_01_journal'")]
    [InlineData("The database is newer than this version, which does not know its migration 29990101_01_x", "insert into schema_migration (name, applied_at) values ('29990101_01_x', 0)")]
    [InlineData("The database holds no ArCredit installation", "drop table schema_migration")]
    public async Task What_cannot_be_verified_is_said_in_a_line(string expected, string? change)
    {
        using var data = new TestDirectory();
        var settings = change is null ? new AppSettings { DataDirectory = data.Path } : await WrittenAsync(data);
        if (change is not null)
        {
            Execute(data, change);
        }

        var (exitCode, output) = await VerifyAsync(settings);

        exitCode.ShouldBe(2, output);
        output.ShouldContain(expected);
        output.Trim().Split('\n').Length.ShouldBe(1, output);
    }

    [Theory]
    [InlineData("--heads", "--nothing")]
    [InlineData("--no-such-flag")]
    [InlineData("--account", "A", "--write-heads", "x")]
    [InlineData("--public-key", "x")]
    [InlineData("--heads", "no-such-file")]
    public async Task Misuse_is_told_from_a_broken_journal(params string[] args)
    {
        using var data = new TestDirectory();

        (await VerifyAsync(new AppSettings { DataDirectory = data.Path }, args)).ExitCode.ShouldBe(2);
    }

    private static string DatabaseOf(TestDirectory data) => Path.Combine(data.Path, "arcredit.db");

    private static Task<(int ExitCode, string Output)> VerifyAsync(AppSettings settings, params string[] args) =>
        HostProcess.RunToEndAsync(settings, ["verify", "--data", settings.DataDirectory!, .. args]);

    private static async Task<AppSettings> WrittenAsync(TestDirectory data)
    {
        var settings = new AppSettings { DataDirectory = data.Path };
        await using (var app = await RunningApp.StartAsync(settings))
        {
            await WriteAsync(app.Admin);
        }

        SqliteConnection.ClearAllPools();
        Execute(data, "pragma wal_checkpoint(truncate)");
        return settings;
    }

    private static async Task WriteAsync(ApiClient admin)
    {
        const string Path = "/api/v1/accounts/V-1";
        (await admin.PutAsync(Path, new { name = "Verified", currency = "EUR", creditLimit = 1000 })).ShouldBe(201);
        (await admin.PostAsync($"{Path}/invoices", new { number = "I-1", issueDate = "2026-01-01", amount = 100, currency = "EUR" })).ShouldBe(201);
        foreach (var id in new[] { "R-1", "R-2" })
        {
            (await admin.PostAsync($"{Path}/reservations", new { kind = "order", amount = 250, currency = "EUR", reservationId = id })).ShouldBe(201);
        }

        (await admin.GetAsync("/api/v1/accounts")).ShouldBe(200);
    }

    private static void Execute(TestDirectory data, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={DatabaseOf(data)};Pooling=false");
        connection.Execute(sql);
    }
}
