using ArCredit.Platform.Data;
using ArCredit.Platform.Journal;
using ArCredit.Platform.Verify;

namespace ArCredit.Accounts.Verify;

/// <summary>What all checks of one run share.</summary>
internal sealed class VerifyRun(DbSession session, string? account, IVerifyObserver observer, CancellationToken cancellation)
{
    private const string RowColumns = "account_id, version, type, schema, payload, hash, recorded_at, txid";

    public CancellationToken Cancellation { get; } = cancellation;

    public VerifiedCounts Counts { get; } = new();

    public IVerifyObserver Observer { get; } = observer;

    public void Found(string? whose, long? version, string subject, string what)
    {
        Counts.Findings++;
        Observer.Found(new Finding(whose, version, subject, what));
    }

    /// <summary>A table in the order of its key, which begins with the account.</summary>
    public AccountCursor<T> Open<T>(
        string table, IReadOnlyList<string> key, IReadOnlyList<string> columns, Func<System.Data.Common.DbDataReader, T> read, Func<T, string> accountOf, int pageRows,
        Action<T>? prepare = null) =>
        AccountCursor<T>.Over(session, new OrderedQuery(table, key, columns, account), read, accountOf, pageRows, prepare);

    /// <summary>The journal in the order of its accounts.</summary>
    public OrderedRows<JournalLine> OpenJournal(int pageRows) =>
        new(session, new OrderedQuery("journal", ["account_id", "version"], RowColumns.Split(", "), account), Read, pageRows);

    /// <summary>One row again, to say more about a finding.</summary>
    public async Task<JournalRow?> ReadRowAsync(string whose, long version)
    {
        await using var command = session.Connection.CreateCommand();
        command.Transaction = session.Transaction;
        command.CommandText = $"select {RowColumns} from journal where account_id = @account and version = @version";
        Add(command, "@account", whose);
        Add(command, "@version", version);
        await using var reader = await command.ExecuteReaderAsync(Cancellation);
        return await reader.ReadAsync(Cancellation) ? Read(reader).Row : null;
    }

    private static void Add(System.Data.Common.DbCommand command, string name, object value)
    {
        var parameter = command.CreateParameter();
        (parameter.ParameterName, parameter.Value) = (name, value);
        command.Parameters.Add(parameter);
    }

    private JournalLine Read(System.Data.Common.DbDataReader reader)
    {
        var isPostgres = session.Dialect == Dialect.PostgreSql;
        var recordedAt = isPostgres ? reader.GetFieldValue<DateTimeOffset>(6) : SqlTypes.FromMicroseconds(reader.GetInt64(6));
        var row = new JournalRow(
            reader.GetString(0), reader.GetInt64(1), reader.GetString(2), reader.GetInt32(3), reader.GetFieldValue<byte[]>(4), reader.GetFieldValue<byte[]>(5),
            recordedAt);
        return new JournalLine(row, isPostgres ? reader.GetFieldValue<ulong>(7) : unchecked((ulong)reader.GetInt64(7)));
    }
}
