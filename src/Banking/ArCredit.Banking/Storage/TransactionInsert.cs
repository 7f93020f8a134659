using System.Globalization;
using System.Text;
using ArCredit.Banking.Statements;
using ArCredit.Platform.Data;

namespace ArCredit.Banking.Storage;

/// <summary>Writes entries, many with one statement: a file may hold hundreds of thousands.</summary>
internal static class TransactionInsert
{
    private static readonly string[] Columns =
    [
        "statement_id", "no", "account_id", "booked_in", "booked_on", "value_on", "amount", "credit", "reversal", "bank_reference", "end_to_end_id", "party",
        "party_account", "remittance", "structured_reference", "code", "details", "content_key", "unread",
        "return_reason",
    ];

    public static async Task RunAsync(
        DbSession session, string account, Guid statement, bool isIntraday, IReadOnlyList<(long No, BankEntry Entry, string Key, int Payments)> entries, CancellationToken cancellation)
    {
        if (entries.Count == 0)
        {
            return;
        }

        // One statement is one round trip to PostgreSQL; SQLite has none, and looks up each of its parameters by name.
        var rows = session.Dialect == Dialect.PostgreSql ? entries.Count : 1;
        await using var command = session.Connection.CreateCommand();
        command.Transaction = session.Transaction;
        command.CommandText = Sql(rows);
        for (var i = 0; i < rows * Columns.Length; i++)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = string.Create(CultureInfo.InvariantCulture, $"@p{i}");
            command.Parameters.Add(parameter);
        }

        var at = 0;
        foreach (var (no, entry, key, payments) in entries)
        {
            var text = entry.Text;
            foreach (var value in new object?[]
            {
                Id(session, statement), no, account, isIntraday ? null : Id(session, statement), Day(session, entry.BookedOn), Day(session, entry.ValueOn), entry.Amount,
                entry.IsCredit ? 1L : 0L, entry.IsReversal ? 1L : 0L, entry.BankReference, text.EndToEndId, text.Party, text.PartyAccount, text.Remittance,
                text.StructuredReference, entry.Code, StoredDetail.Write(entry.Details), key, payments > 0 ? 1L : 0L,
                text.ReturnReason,
            })
            {
                command.Parameters[at++].Value = value ?? DBNull.Value;
            }

            if (at == command.Parameters.Count)
            {
                at = 0;
                await command.ExecuteNonQueryAsync(cancellation);
            }
        }
    }

    private static string Sql(int rows)
    {
        var sql = new StringBuilder($"insert into bank_transaction ({string.Join(", ", Columns)}) values ");
        for (var row = 0; row < rows; row++)
        {
            sql.Append(row == 0 ? "(" : ", (").AppendJoin(", ", Enumerable.Range(row * Columns.Length, Columns.Length).Select(index => $"@p{index}")).Append(')');
        }

        return sql.ToString();
    }

    // As SqlTypes has it; these rows do not go through Dapper.
    private static object Id(DbSession session, Guid id) => session.Dialect == Dialect.PostgreSql ? id : id.ToString("D");

    private static object Day(DbSession session, DateOnly day) =>
        session.Dialect == Dialect.PostgreSql ? day : day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
}
