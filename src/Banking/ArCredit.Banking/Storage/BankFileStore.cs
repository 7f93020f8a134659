using System.Text;
using System.Text.Json;
using ArCredit.Banking.Statements;
using ArCredit.Banking.Statements.Csv;
using ArCredit.Platform.Data;
using ArCredit.Platform.Http;
using Dapper;

namespace ArCredit.Banking.Storage;

/// <summary>What became of a file: an answer, first or repeated, or a refusal.</summary>
internal sealed record FileOutcome(byte[] Answer, bool IsRepeated, FileRefusal? Refusal)
{
    public static FileOutcome Refused(string code, Place place, string reason) => new([], false, new FileRefusal(code, place, reason));
}

/// <summary>Takes bank files, each whole or not at all, and each once.</summary>
internal sealed class BankFileStore(IDatabase database, TimeProvider time)
{
    private const long TurnKey = 0x4172_4372_4261_6e6b;

    /// <summary>Two files of one account at the same time would not see each other's entries, so files take turns.</summary>
    public static Task TakeTurnAsync(DbSession session) => session.Dialect == Dialect.PostgreSql
        ? session.Connection.ExecuteAsync("select pg_advisory_xact_lock(@TurnKey)", new { TurnKey }, session.Transaction)
        : Task.CompletedTask;

    /// <summary>Reads the file twice: once to find everything that is wrong, then to write it in one transaction.</summary>
    /// <param name="file">The whole file; can be read again from its beginning.</param>
    /// <param name="contentHash">Of the whole file.</param>
    /// <param name="caller">Who sent it.</param>
    /// <param name="cancellation">Ends the work; nothing was changed then.</param>
    public async Task<FileOutcome> TakeAsync(Stream file, string contentHash, string caller, CancellationToken cancellation)
    {
        CsvKnowledge csv;
        await using (var reading = await database.OpenReadAsync(cancellation))
        {
            if (await AnswerAsync(reading, contentHash) is { } given)
            {
                return new FileOutcome(Encoding.UTF8.GetBytes(given), true, null);
            }

            var registered = await BankAccountStore.AllAsync(reading);
            csv = new CsvKnowledge(
                await CsvMappingStore.AllAsync(reading),
                named => registered.Where(account => account.IsNamedBy(named)).Select(account => account.Currency).ToList() is [var currency] ? currency : null);
        }

        FileSurvey survey;
        try
        {
            survey = FileSurvey.Of(file, csv);
        }
        catch (StatementRefusedException refused)
        {
            return FileOutcome.Refused(refused.Code, refused.Place, refused.Reason);
        }

        await using var session = await database.BeginWriteAsync(cancellation);
        await TakeTurnAsync(session);
        if (await AnswerAsync(session, contentHash) is { } meanwhile)
        {
            return new FileOutcome(Encoding.UTF8.GetBytes(meanwhile), true, null);
        }

        if (!survey.TryResolve(await BankAccountStore.AllAsync(session), out var accounts, out var refusal))
        {
            return new FileOutcome([], false, refusal);
        }

        var now = time.GetUtcNow();
        var view = await new FileBooking(session, contentHash, survey, accounts, now, csv).RunAsync(file, cancellation);
        var answer = JsonSerializer.Serialize(view, ApiJson.Options);
        await session.Connection.ExecuteAsync(new CommandDefinition(
            "insert into bank_file (content_hash, received_at, received_by, answer) values (@contentHash, @now, @caller, @answer)",
            new { contentHash, now, caller, answer }, session.Transaction, cancellationToken: cancellation));
        await session.CommitAsync(cancellation);
        return new FileOutcome(Encoding.UTF8.GetBytes(answer), false, null);
    }

    private static Task<string?> AnswerAsync(DbSession session, string contentHash) => session.Connection.QueryFirstOrDefaultAsync<string?>(
        "select answer from bank_file where content_hash = @contentHash", new { contentHash }, session.Transaction);
}
