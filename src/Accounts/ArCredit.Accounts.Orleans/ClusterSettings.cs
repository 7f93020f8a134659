using System.Net;
using ArCredit.Accounts.Orleans.Security;
using ArCredit.Platform.Data;
using ArCredit.Platform.Start;
using Microsoft.Extensions.Configuration;

namespace ArCredit.Accounts.Orleans;

/// <summary>Configuration section <c>Cluster</c>.</summary>
/// <param name="Name">All nodes of a cluster have the same; one cluster works on a database.</param>
/// <param name="Port">Where other nodes reach this one. Private: whoever reaches it may ask any account anything.</param>
/// <param name="Address">Where other nodes find this one; null = the machine's first address.</param>
/// <param name="Certificate">Encrypts what goes between nodes; null = it does not.</param>
/// <param name="IsAlone">The node holds the database for itself: nodes share the system's time, and a manual clock is not that.</param>
internal sealed record ClusterSettings(string Name, int Port, IPAddress? Address, NodeCertificate? Certificate, bool IsAlone)
{
    private const string ShippedName = "arcredit";
    private const int ShippedPort = 11111;
    private const int LongestName = 100;

    /// <summary>What the configuration says.</summary>
    /// <exception cref="SettingException">A value is not acceptable, or needs something a cluster cannot have.</exception>
    public static ClusterSettings From(IConfiguration configuration)
    {
        if (DataOptions.From(configuration).Dialect != Dialect.PostgreSql)
        {
            throw new SettingException("Accounts__Host=Orleans needs PostgreSQL: set ConnectionStrings__ArCredit to \"Host=...\".");
        }

        var name = configuration["Cluster:Name"] is { Length: > 0 } named ? named : ShippedName;
        if (name.Length > LongestName)
        {
            throw new SettingException($"Cluster__Name must have at most {LongestName} characters.");
        }

        var address = configuration["Cluster:Address"] is not { Length: > 0 } text ? null
            : IPAddress.TryParse(text, out var parsed) ? parsed
            : throw new SettingException($"Cluster__Address must be an IP address; it is '{text}'.");
        var port = NumberSetting.Read(configuration, "Cluster:Port", ShippedPort, IPEndPoint.MaxPort);
        return new ClusterSettings(name, port, address, NodeCertificate.From(configuration), IsAlone: configuration["ManualClock"] is { Length: > 0 });
    }
}
