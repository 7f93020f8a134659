using ArCredit.Accounts.Tests.Histories;
using Xunit.Abstractions;

namespace ArCredit.Accounts.Orleans.Tests.Conformance;

/// <summary>The histories of the in-process host, played on a cluster.</summary>
public sealed class ClusterHistoryTests(ITestOutputHelper output) : HistoryConformance(output)
{
    internal override INodes CreateNodes() => new ClusterNodes();
}
