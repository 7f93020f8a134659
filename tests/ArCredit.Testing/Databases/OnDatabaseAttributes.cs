using System.Reflection;
using ArCredit.Platform.Data;
using ArCredit.Testing.App;
using Xunit;
using Xunit.Sdk;

namespace ArCredit.Testing.Databases;

/// <summary>Runs a theory of one <see cref="Dialect"/> parameter on SQLite, left out where applications are nodes of a cluster.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OnSqliteAttribute : DataAttribute
{
    /// <summary>Asks at discovery, as <see cref="OnPostgresAttribute"/> does.</summary>
    public OnSqliteAttribute() => Skip = ScenarioHost.SqliteMissingReason;

    /// <inheritdoc/>
    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => [[Dialect.Sqlite]];
}

/// <summary>Runs a theory of one <see cref="Dialect"/> parameter on PostgreSQL, skipped with the reason where there is none.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OnPostgresAttribute : DataAttribute
{
    /// <summary>Asks for the server at discovery: xunit 2 cannot skip later.</summary>
    public OnPostgresAttribute() => Skip = PostgresServer.MissingReason;

    /// <inheritdoc/>
    public override IEnumerable<object[]> GetData(MethodInfo testMethod) => [[Dialect.PostgreSql]];
}

/// <summary>A fact about SQLite or its directory, left out where applications are nodes of a cluster.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SqliteFactAttribute : FactAttribute
{
    /// <inheritdoc cref="OnSqliteAttribute()"/>
    public SqliteFactAttribute() => Skip = ScenarioHost.SqliteMissingReason;
}

/// <summary>A theory about SQLite or its directory, left out where applications are nodes of a cluster.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class SqliteTheoryAttribute : TheoryAttribute
{
    /// <inheritdoc cref="OnSqliteAttribute()"/>
    public SqliteTheoryAttribute() => Skip = ScenarioHost.SqliteMissingReason;
}

/// <summary>A fact about the in-process host on PostgreSQL.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class InProcessPostgresFactAttribute : FactAttribute
{
    /// <summary>Asks at discovery.</summary>
    /// <param name="otherwise">How it is in a cluster.</param>
    public InProcessPostgresFactAttribute(string otherwise) => Skip = PostgresServer.MissingReason ?? (ScenarioHost.IsCluster ? otherwise : null);
}

/// <summary>A fact that needs PostgreSQL.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PostgresFactAttribute : FactAttribute
{
    /// <inheritdoc cref="OnPostgresAttribute()"/>
    public PostgresFactAttribute() => Skip = PostgresServer.MissingReason;
}

/// <summary>A theory that needs PostgreSQL.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class PostgresTheoryAttribute : TheoryAttribute
{
    /// <inheritdoc cref="OnPostgresAttribute()"/>
    public PostgresTheoryAttribute() => Skip = PostgresServer.MissingReason;
}
