using ArCredit.Accounts.Orleans.Security;
using ArCredit.Platform.Start;
using Microsoft.Extensions.Configuration;
using Shouldly;
using Xunit;

namespace ArCredit.Accounts.Orleans.Tests.Security;

public sealed class NodeCertificateTests : IDisposable
{
    private readonly Authority authority = new();
    private readonly Authority strangers = new();

    public void Dispose()
    {
        authority.Dispose();
        strangers.Dispose();
    }

    [Fact]
    public void Without_the_settings_nodes_have_none() => Read([]).ShouldBeNull();

    [Fact]
    public void Those_of_the_authority_are_nodes_and_others_are_not()
    {
        var own = Read(authority.Settings(authority.Issue("a")))!;

        own.IsNode(Read(authority.Settings(authority.Issue("b")))!.Own).ShouldBeTrue();
        own.IsNode(Read(strangers.Settings(strangers.Issue("c")))!.Own).ShouldBeFalse();
    }

    [Fact]
    public void An_authority_between_is_one_of_them()
    {
        using var between = new Authority("between", authority);
        var own = Read(between.Settings(between.Issue("a")))!;

        own.IsNode(Read(between.Settings(between.Issue("b")))!.Own).ShouldBeTrue();
        own.IsNode(Read(strangers.Settings(strangers.Issue("c")))!.Own).ShouldBeFalse();
    }

    [Fact]
    public void What_no_other_node_would_accept_does_not_start()
    {
        Refused(authority.Settings(strangers.Issue("a"))).ShouldStartWith("Cluster__Certificate is not one that the other nodes would accept");
        Refused(authority.Settings(authority.Issue("b", expired: true))).ShouldStartWith("Cluster__Certificate is not", Case.Sensitive, "expired");
        Refused(authority.Settings(authority.Issue("c", forServersOnly: true))).ShouldStartWith("Cluster__Certificate is not", Case.Sensitive, "of servers only");
    }

    [Fact]
    public void What_cannot_be_read_is_said_in_one_line()
    {
        var (certificate, key) = authority.Issue("a");
        Refused(authority.Settings((certificate, "none.key"))).ShouldContain("cannot be read");
        Refused(authority.Settings((key, key))).ShouldContain("cannot be read");
        Refused(authority.Settings((certificate, authority.Issue("b").Key))).ShouldContain("cannot be read");
    }

    [Theory]
    [InlineData("Cluster:Certificate")]
    [InlineData("Cluster:CertificateKey")]
    [InlineData("Cluster:Authority")]
    public void One_file_without_the_others_is_a_mistake(string missing)
    {
        var settings = authority.Settings(authority.Issue("a"));
        settings[missing] = null;

        Refused(settings).ShouldContain("belong together");
    }

    private static NodeCertificate? Read(Dictionary<string, string?> settings) =>
        NodeCertificate.From(new ConfigurationBuilder().AddInMemoryCollection(settings).Build());

    private static string Refused(Dictionary<string, string?> settings) => Should.Throw<SettingException>(() => Read(settings)).Message;
}
