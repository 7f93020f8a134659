using System.Reflection;
using ArCredit.Platform.Data;
using ArCredit.Testing.Databases;
using ArCredit.Torture.Campaigns;
using Shouldly;
using Xunit;
using Xunit.Sdk;

namespace ArCredit.Torture;

/// <summary>Every campaign in its short form, with a fixed seed.</summary>
public sealed class ShortForms
{
    private const int Seed = 20261121;

    [Theory]
    [Short(Dialect.Sqlite, needsOwnServer: false)]
    [Short(Dialect.Sqlite, needsOwnServer: true)]
    [Short(Dialect.PostgreSql, needsOwnServer: false)]
    [Short(Dialect.PostgreSql, needsOwnServer: true)]
    public async Task Counts_nothing_that_must_be_zero(string campaign, Dialect dialect)
    {
        var tally = new Tally();

        await Campaign.All.Single(each => each.Name == campaign).RunAsync(new Order(Seed), dialect, tally);

        tally.IsClean.ShouldBeTrue($"seed {Seed}\n{tally}");
    }

    /// <summary>The campaigns of a database, skipped with the reason where there is none.</summary>
    [AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
    private sealed class ShortAttribute : DataAttribute
    {
        private readonly Dialect dialect;
        private readonly bool needsOwnServer;

        public ShortAttribute(Dialect dialect, bool needsOwnServer)
        {
            (this.dialect, this.needsOwnServer) = (dialect, needsOwnServer);
            Skip = Chosen.Select(campaign => campaign.MissingReason(dialect)).FirstOrDefault(reason => reason is not null);
        }

        private IEnumerable<Campaign> Chosen => Campaign.All
            .Where(campaign => campaign.HasShortForm && campaign.LeftOutReason is null && campaign.Dialects.Contains(dialect) && campaign.NeedsOwnServer == needsOwnServer);

        public override IEnumerable<object[]> GetData(MethodInfo testMethod) => Chosen.Select(campaign => new object[] { campaign.Name, dialect });
    }
}
