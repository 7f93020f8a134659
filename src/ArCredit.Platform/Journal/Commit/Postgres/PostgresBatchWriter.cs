using System.Data;
using ArCredit.Platform.Data.Postgres;
using Npgsql;
using NpgsqlTypes;

namespace ArCredit.Platform.Journal.Commit.Postgres;

/// <summary>Writes a batch as one prepared statement on a connection of its own.</summary>
internal sealed class PostgresBatchWriter(PostgresDatabase database) : IBatchWriter
{
    private const int CommandTimeoutSeconds = 15;
    private readonly PostgresBatchColumns columns = new();
    private Batch? filled;
    private NpgsqlConnection? connection;
    private NpgsqlCommand? write;
    private NpgsqlCommand? writeCarefully;
    private NpgsqlCommand? readBack;

    public bool IsOpen => connection is { FullState: ConnectionState.Open };

    public void Open()
    {
        Close();
        connection = database.OpenDedicated();
        using (var session = new NpgsqlCommand(PostgresBatchSql.Session, connection))
        {
            session.ExecuteNonQuery();
        }

        write = Prepare(PostgresBatchSql.Write);
        writeCarefully = Prepare(PostgresBatchSql.WriteCarefully);
        readBack = new NpgsqlCommand(PostgresBatchSql.ReadBack, connection) { CommandTimeout = CommandTimeoutSeconds };
        readBack.Parameters.Add(new NpgsqlParameter<string[]> { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text });
        readBack.Parameters.Add(new NpgsqlParameter<long[]> { NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint });
        readBack.Prepare();
    }

    public void Close()
    {
        write?.Dispose();
        writeCarefully?.Dispose();
        readBack?.Dispose();
        connection?.Dispose();
        (write, writeCarefully, readBack, connection) = (null, null, null, null);
    }

    public void Dispose() => Close();

    public BatchAnswer Write(Batch batch)
    {
        if (filled != batch)
        {
            filled = null;
            columns.Fill(batch);
            filled = batch;
        }

        try
        {
            return Execute(write!);
        }
        catch (PostgresException taken) when (taken is { SqlState: PostgresErrorCodes.UniqueViolation, ConstraintName: "account_key_pkey" })
        {
            // All of it was rolled back; which entries are in question only the look at each key tells.
            return Execute(writeCarefully!);
        }
        catch (Exception error) when (error is not PostgresException)
        {
            // The driver's parameters keep what they had measured of values they could not send; the next batch would
            // be written by those measures. A new connection brings new ones.
            Close();
            throw;
        }
    }

    public byte[]?[] ReadBack(Batch batch)
    {
        var stored = new byte[]?[batch.Entries.Length];
        ((NpgsqlParameter<string[]>)readBack!.Parameters[0]).TypedValue = Array.ConvertAll(batch.Entries, entry => entry.AccountId);
        ((NpgsqlParameter<long[]>)readBack.Parameters[1]).TypedValue = Array.ConvertAll(batch.Entries, entry => entry.LastVersion);
        using var reader = readBack.ExecuteReader();
        while (reader.Read())
        {
            stored[reader.GetInt32(0) - 1] = reader.GetFieldValue<byte[]>(1);
        }

        return stored;
    }

    public Failure Classify(Exception error) => PostgresFailures.Classify(error);

    private NpgsqlCommand Prepare(string sql)
    {
        var command = columns.CreateCommand(connection!, sql);
        command.CommandTimeout = CommandTimeoutSeconds;
        command.Prepare();
        return command;
    }

    private static BatchAnswer Execute(NpgsqlCommand command)
    {
        var inserted = 0;
        HashSet<int>? fenced = null;
        Dictionary<int, AppendOutcome.DuplicateKey>? duplicates = null;
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            var number = reader.GetInt32(1);
            switch (reader.GetInt32(0))
            {
                case 0:
                    inserted = number;
                    break;
                case 1:
                    (fenced ??= []).Add(number - 1);
                    break;
                default:
                    var key = new AppendOutcome.DuplicateKey(
                        reader.GetString(4), reader.GetString(5), reader.GetInt64(2), reader.GetFieldValue<byte[]>(3));
                    (duplicates ??= []).TryAdd(number, key);
                    break;
            }
        }

        return new BatchAnswer(inserted, fenced, duplicates);
    }
}
