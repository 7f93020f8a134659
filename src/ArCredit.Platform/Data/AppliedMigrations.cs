using Dapper;

namespace ArCredit.Platform.Data;

/// <summary>What a database has of the scripts.</summary>
internal static class AppliedMigrations
{
    /// <summary>Names of the scripts that ran, or null where no installation was ever made.</summary>
    public static async Task<HashSet<string>?> ReadAsync(DbSession session)
    {
        var look = session.Dialect == Dialect.PostgreSql
            ? "select count(*) from pg_class where oid = to_regclass('schema_migration')"
            : "select count(*) from sqlite_master where name = 'schema_migration'";
        return await session.Connection.ExecuteScalarAsync<long>(look, transaction: session.Transaction) == 0
            ? null
            : (await session.Connection.QueryAsync<string>("select name from schema_migration", transaction: session.Transaction)).ToHashSet(StringComparer.Ordinal);
    }
}
