using Xunit;

namespace ArCredit.Accounts.Orleans.Tests.Processes;

/// <summary>Tests with clusters of processes run one after the other, and after all others: what is measured is not a full machine.</summary>
[CollectionDefinition("cluster processes", DisableParallelization = true)]
public sealed class Alone;
