using System.Net;
using System.Net.Http.Headers;
using System.Text;
using ArCredit.Platform.Data;
using ArCredit.Testing.App;
using ArCredit.Testing.Databases;
using Shouldly;
using Xunit;

namespace ArCredit.Banking.Tests.Http;

/// <summary>The server is killed in the middle of a file: nothing of it is there, or all; sent again it is complete and nothing is doubled.</summary>
public sealed class KilledFileTests
{
    private const int Entries = 8_000;

    [Theory]
    [OnSqlite]
    [OnPostgres]
    public async Task Sent_again_it_is_complete(Dialect dialect)
    {
        await using var database = await TestDatabase.MigratedAsync(dialect);
        var settings = AppSettings.On(database);
        var file = File();
        await using (var host = await HostProcess.StartAsync(settings))
        {
            (await host.Admin.PutBankAccountAsync("main", null, number: "1")).ShouldBe(201);
            await Should.ThrowAsync<HttpRequestException>(async () => await host.Admin.SendAsync(HttpMethod.Post, BankCalls.Statements, new KillingContent(file, host)));
        }

        await using var next = await HostProcess.StartAsync(settings);
        var before = await next.Admin.CountStatementsAsync();
        before.ShouldBe((await next.Admin.BookingsAsync()).Count / Entries);
        (await next.Admin.SendStatementAsync(file)).ShouldBe(before == 0 ? 201 : 200)["entries"].GetInt32().ShouldBe(Entries);
        (await next.Admin.BookingsAsync()).Count.ShouldBe(Entries);
    }

    private static byte[] File()
    {
        var text = new StringBuilder(":20:S\n:25:1\n:28C:1\n:60F:C250101EUR0,\n");
        for (var entry = 0; entry < Entries; entry++)
        {
            text.Append(":61:2501020102C0,01NTRFNONREF\n:86:The same text\n");
        }

        return Encoding.UTF8.GetBytes(text.Append(":62F:C250102EUR80,00\n-\n").ToString());
    }

    /// <summary>Kills the server while it has the whole file and nobody has an answer.</summary>
    private sealed class KillingContent : HttpContent
    {
        private readonly byte[] file;
        private readonly HostProcess host;

        public KillingContent(byte[] file, HostProcess host)
        {
            (this.file, this.host) = (file, host);
            Headers.ContentType = new MediaTypeHeaderValue("text/plain");
        }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await stream.WriteAsync(file);
            await stream.FlushAsync();
            await host.KillAsync();
        }

        protected override bool TryComputeLength(out long length)
        {
            length = file.Length;
            return true;
        }
    }
}
