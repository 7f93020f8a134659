using ArCredit.Testing.Databases;
using Microsoft.Extensions.DependencyInjection;

namespace ArCredit.Testing.App;

/// <summary>How a test wants its application.</summary>
public sealed record AppSettings
{
    /// <summary>The admin key of every test application.</summary>
    public const string AdminKey = "test-admin-key-0123456789";

    /// <summary>Where the manual clock of a test starts unless it says otherwise.</summary>
    public static readonly DateTimeOffset Start = new(2026, 1, 1, 8, 0, 0, TimeSpan.Zero);

    /// <summary>PostgreSQL; null = SQLite in <see cref="DataDirectory"/>.</summary>
    public string? ConnectionString { get; init; }

    /// <summary>Null = a new directory that goes with the application.</summary>
    public string? DataDirectory { get; init; }

    /// <summary>Null = the system's clock, with Quartz.</summary>
    public DateTimeOffset? ManualClock { get; init; } = Start;

    /// <summary>Null = the application makes its own key and prints it, as at a first start.</summary>
    public string? Key { get; init; } = AdminKey;

    /// <summary>Further flags.</summary>
    public IReadOnlyList<string> Flags { get; init; } = [];

    /// <summary>Further configuration (<c>Accounts:MaxActive</c>).</summary>
    public IReadOnlyDictionary<string, string?> More { get; init; } = new Dictionary<string, string?>();

    /// <summary>The host's assembly, for a process of its own; null = the one these tests were built with.</summary>
    public string? HostPath { get; init; }

    /// <summary>A program with its arguments that becomes the host's process (<c>prlimit --fsize=…</c>); none = the host alone.</summary>
    public IReadOnlyList<string> Wrapper { get; init; } = [];

    /// <summary>Replaces or adds services; in process only.</summary>
    public Action<IServiceCollection>? Configure { get; init; }

    /// <summary>An application on a database of the test's own, which outlives it.</summary>
    public static AppSettings On(TestDatabase database) =>
        new() { ConnectionString = database.Options.ConnectionString, DataDirectory = database.Options.DataDirectory };

    internal string[] Args(string directory) =>
    [
        "--data", directory, "--urls", "http://127.0.0.1:0", "--log-level", "Error",
        .. ManualClock is { } clock ? new[] { "--manual-clock", clock.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFFZ", System.Globalization.CultureInfo.InvariantCulture) } : [],
        .. Flags,
    ];

    internal Dictionary<string, string?> Configuration()
    {
        var all = new Dictionary<string, string?>(More) { ["ARCREDIT_ADMIN_KEY"] = Key };
        if (ConnectionString is not null)
        {
            all["ConnectionStrings:ArCredit"] = ConnectionString;
        }

        return all;
    }
}
