using System.Text.Json;
using ArCredit.Host.Health;
using ArCredit.Platform.Data;
using ArCredit.Platform.Journal;
using ArCredit.Testing.App;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
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
    public async Task It_is_not_ready_while_the_database_stands_still_and_says_so_in_time()
    {
        var services = fixture.App.Services;
        var database = new StandingStill(services.GetRequiredService<IDatabase>());
        var readiness = new Readiness(
            database, services.GetRequiredService<IGroupCommit>(), services.GetRequiredService<IHostApplicationLifetime>(), TimeProvider.System);
        (await readiness.ObstacleAsync(CancellationToken.None)).ShouldBeNull();
        database.StandsStill = true;
        var opened = database.Opened;
        (await readiness.ObstacleAsync(CancellationToken.None)).ShouldNotBeNull();
        (await readiness.ObstacleAsync(CancellationToken.None)).ShouldNotBeNull();
        (database.Opened - opened).ShouldBe(1, "looks do not pile up");
        database.GoOn();
        (await readiness.ObstacleAsync(CancellationToken.None)).ShouldBeNull();
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

    /// <summary>Opens nothing for readers while it stands still, whoever gives up.</summary>
    private sealed class StandingStill(IDatabase real) : IDatabase
    {
        private readonly TaskCompletionSource going = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public bool StandsStill { get; set; }

        public int Opened { get; private set; }

        public Dialect Dialect => real.Dialect;

        public void GoOn()
        {
            StandsStill = false;
            going.SetResult();
        }

        public async Task<DbSession> OpenReadAsync(CancellationToken cancellation)
        {
            if (StandsStill)
            {
                Opened++;
                await going.Task;
            }

            return await real.OpenReadAsync(cancellation);
        }

        public Task<DbSession> OpenSnapshotAsync(CancellationToken cancellation) => real.OpenSnapshotAsync(cancellation);

        public Task<DbSession> BeginWriteAsync(CancellationToken cancellation) => real.BeginWriteAsync(cancellation);

        public Task<DbSession> BeginDerivedWriteAsync(CancellationToken cancellation) => real.BeginDerivedWriteAsync(cancellation);
    }

    private sealed class LostConnection : IGroupCommit
    {
        public bool IsHealthy => false;

        public ILane LaneFor(string accountId, bool bulk) => throw new NotSupportedException("Nothing is written in this test.");
    }
}
