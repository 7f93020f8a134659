using ArCredit.Platform.Data;
using ArCredit.Platform.Telemetry;
using Shouldly;
using Xunit;

namespace ArCredit.Platform.Tests.Telemetry;

public sealed class OtlpExportTests
{
    [Fact]
    public void What_a_node_sends_tells_it_from_the_others()
    {
        var said = OtlpExport.ResourceOf(new DataOptions { Cluster = "north" }).Build().Attributes.ToDictionary();

        said["service.name"].ShouldBe("arcredit");
        said["service.namespace"].ShouldBe("north");
        Guid.TryParse((string)said["service.instance.id"], out _).ShouldBeTrue();
        said["host.name"].ShouldBe(Environment.MachineName);
        said["process.pid"].ShouldBe((long)Environment.ProcessId);
        said.ShouldContainKey("service.version");
    }

    [Fact]
    public void A_process_alone_belongs_to_no_cluster() =>
        OtlpExport.ResourceOf(new DataOptions()).Build().Attributes.Select(attribute => attribute.Key).ShouldNotContain("service.namespace");
}
