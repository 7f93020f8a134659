using System.Text.Json;
using ArCredit.Platform.Journal;
using ArCredit.Testing.App;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace ArCredit.Scenarios.Start;

public sealed class DocsAndHealthTests(AppFixture fixture) : IClassFixture<AppFixture>
{
    [Fact]
    public async Task Health_needs_no_key()
    {
        (await fixture.App.Anonymous.GetAsync("/health/live")).ShouldBe(200)["status"].GetString().ShouldBe("ok");
        (await fixture.App.Anonymous.GetAsync("/health/ready")).ShouldBe(200)["status"].GetString().ShouldBe("ok");
    }

    [Fact]
    public async Task It_is_alive_but_not_ready_while_a_lane_has_lost_its_connection()
    {
        await using var app = await RunningApp.StartAsync(new AppSettings { Configure = services => services.AddSingleton<IGroupCommit, LostConnection>() });
        (await app.Anonymous.GetAsync("/health/live")).ShouldBe(200);
        var answer = await app.Anonymous.GetAsync("/health/ready");
        answer.ShouldBeProblem(503, "NOT_READY");
        answer.Headers.RetryAfter.ShouldNotBeNull();
    }

    [Fact]
    public async Task The_document_states_the_roles_and_problems_of_every_call()
    {
        var document = (await fixture.App.Anonymous.GetAsync("/openapi/v1.json")).ShouldBe(200);
        document["openapi"].GetString()!.ShouldStartWith("3.");
        document["components"].GetProperty("securitySchemes").GetProperty("bearer").GetProperty("scheme").GetString().ShouldBe("bearer");
        foreach (var path in document["paths"].EnumerateObject().Where(path => path.Name.StartsWith("/api/", StringComparison.Ordinal)))
        {
            foreach (var operation in path.Value.EnumerateObject())
            {
                var where = $"{operation.Name} {path.Name}";
                operation.Value.GetProperty("description").GetString()!.ShouldContain("Roles: ", customMessage: where);
                operation.Value.GetProperty("security").GetArrayLength().ShouldBe(1, where);
                operation.Value.GetProperty("responses").TryGetProperty("401", out _).ShouldBeTrue(where);
                ShouldDeclareItsPath(path.Name, operation.Value, where);
            }
        }
    }

    [Fact]
    public async Task The_document_shows_value_types_as_what_they_are_on_the_wire()
    {
        var document = (await fixture.App.Anonymous.GetAsync("/openapi/v1.json")).ShouldBe(200);
        var reading = document["components"].GetProperty("schemas").GetProperty("ClockReading");
        reading.GetProperty("properties").GetProperty("now").GetProperty("format").GetString().ShouldBe("date-time");
        reading.GetProperty("required").EnumerateArray().Select(name => name.GetString()).ShouldBe(["now"]);
    }

    [Fact]
    public async Task The_page_to_try_it_is_served()
    {
        var page = await fixture.App.Anonymous.GetAsync("/docs/index.html");
        page.ShouldBe(200).ContentType.ShouldBe("text/html");
        (await fixture.App.Anonymous.GetAsync("/docs/swagger-ui.css")).ShouldBe(200);
    }

    private static void ShouldDeclareItsPath(string path, JsonElement operation, string where)
    {
        var declared = operation.TryGetProperty("parameters", out var parameters)
            ? parameters.EnumerateArray().Where(parameter => parameter.GetProperty("in").GetString() == "path").Select(parameter => parameter.GetProperty("name").GetString()!)
            : [];
        declared.ShouldBe(path.Split('/').Where(part => part.StartsWith('{')).Select(part => part.Trim('{', '}')), ignoreOrder: true, where);
    }

    private sealed class LostConnection : IGroupCommit
    {
        public bool IsHealthy => false;

        public ILane LaneFor(string accountId, bool bulk) => throw new NotSupportedException("Nothing is written in this test.");
    }
}
