using Xunit.Abstractions;

namespace ArCredit.Accounts.Tests.Histories;

/// <summary>Histories on the in-process host.</summary>
public sealed class HistoryTests(ITestOutputHelper output) : HistoryConformance(output)
{
    internal override INodes CreateNodes() => new InProcessNodes();
}
