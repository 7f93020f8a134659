using ArCredit.Platform.Data;
using ArCredit.Testing.Databases;
using ArCredit.Torture.Oracle;

namespace ArCredit.Torture.Campaigns;

internal static class Sources
{
    /// <summary>The journal of a test's database, past the product.</summary>
    public static JournalSource Of(TestDatabase database) => database.Options.Dialect == Dialect.PostgreSql
        ? new JournalSource(Dialect.PostgreSql, database.Options.ConnectionString!)
        : new JournalSource(Dialect.Sqlite, $"Data Source={Path.Combine(database.Options.DataDirectory, "arcredit.db")}");
}
