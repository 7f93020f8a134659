using System.Reflection;
using ArCredit.Platform.Data;
using Xunit;
using Xunit.Sdk;

namespace ArCredit.Testing.Databases;

/// <summary>Runs a theory of one <see cref="Dialect"/> parameter on SQLite.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class OnSqliteAttribute : DataAttribute
{
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
