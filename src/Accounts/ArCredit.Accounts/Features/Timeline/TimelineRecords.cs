using System.Data.Common;
using System.Text.Json;
using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Journal;
using ArCredit.Kernel;
using ArCredit.Platform.Http;
using ArCredit.Platform.Time;
using Dapper;

namespace ArCredit.Accounts.Features;

/// <summary>What other modules wrote into timelines: rows beside the journal, each behind a version of it.</summary>
internal sealed class TimelineRecords(BusinessClock clock) : ITimeline
{
    public Task RecordAsync(DbTransaction transaction, AccountId account, TimelineRecord record) => transaction.Connection!.ExecuteAsync(
        """
        insert into timeline_record (account_id, version, kind, recorded_at, body)
        select @account, coalesce(max(version), 0), @kind, @now, @body from journal where account_id = @account
        """,
        new
        {
            account = account.Value,
            kind = EnumNames.Name(record.Kind),
            now = clock.GetUtcNow(),
            body = JsonSerializer.SerializeToUtf8Bytes(record, EventCodec.Options),
        },
        transaction);

    /// <summary>The record of stored bytes.</summary>
    public static TimelineRecord Read(byte[] body) => JsonSerializer.Deserialize<TimelineRecord>(body, EventCodec.Options) ?? throw new JsonException("A record is null.");
}
