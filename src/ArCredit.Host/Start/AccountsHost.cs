using ArCredit.Accounts;
using ArCredit.Accounts.Orleans;
using ArCredit.Platform.Data;
using ArCredit.Platform.Start;

namespace ArCredit.Host.Start;

/// <summary>
/// Where the accounts live: in this process, or in a cluster of which it is a node (<c>Accounts__Host=Orleans</c>, in builds
/// with <c>-p:Orleans=true</c>).
/// </summary>
internal static class AccountsHost
{
    private const string Key = "Accounts:Host";
    private const string InProcess = "InProcess";
    private const string Orleans = "Orleans";

    /// <summary>The database as this host holds it: for itself, or with the other nodes of its cluster.</summary>
    /// <exception cref="SettingException">The host is none that this build has, or its settings are not acceptable.</exception>
    public static DataOptions Claim(DataOptions data, IConfiguration configuration)
    {
        if (!IsCluster(configuration))
        {
            return data;
        }

#if ORLEANS
        return data.ForCluster(configuration);
#else
        throw new SettingException("Accounts__Host=Orleans: this build has no cluster host; build it with -p:Orleans=true.");
#endif
    }

    /// <summary>Registers it, after everything that accounts need.</summary>
    public static void Add(IHostApplicationBuilder builder, DataOptions data)
    {
#if ORLEANS
        if (IsCluster(builder.Configuration))
        {
            builder.AddOrleansAccounts(data);
            return;
        }
#endif
        builder.Services.KnowClusterTables().AddInProcessAccounts();
    }

    private static bool IsCluster(IConfiguration configuration)
    {
        var host = configuration[Key];
        return string.Equals(host, Orleans, StringComparison.OrdinalIgnoreCase)
            || (string.IsNullOrEmpty(host) || string.Equals(host, InProcess, StringComparison.OrdinalIgnoreCase)
                ? false
                : throw new SettingException($"Accounts__Host must be {InProcess} or {Orleans}; it is '{host}'."));
    }
}
