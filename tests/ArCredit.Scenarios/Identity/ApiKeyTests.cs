using System.Security.Cryptography;
using System.Text;
using ArCredit.Platform.Data;
using ArCredit.Platform.Http;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace ArCredit.Scenarios.Identity;

public sealed class ApiKeyTests(AppFixture fixture) : IClassFixture<AppFixture>
{
    private const string Keys = "/api/v1/api-keys/";

    [Fact]
    public async Task A_new_key_works_at_once_and_is_shown_only_when_it_is_made()
    {
        var made = (await fixture.Admin.PutAsync(Keys + "till-1", new { roles = new[] { "pos", "credit-controller" } })).ShouldBe(201);
        made["roles"].EnumerateArray().Select(role => role.GetString()).ShouldBe(["pos", "credit-controller"]);
        var key = made["key"].GetString()!;
        key.ShouldStartWith("ark_");
        key.Length.ShouldBe(4 + 43);
        (await fixture.Admin.As(key).GetAsync("/api/v1/system/clock")).ShouldBe(200);

        var again = (await fixture.Admin.PutAsync(Keys + "till-1", new { roles = new[] { "sales" } })).ShouldBe(200);
        again["key"].ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);
        again["id"].GetString().ShouldBe(made["id"].GetString());
        (await fixture.Admin.GetAsync("/api/v1/api-keys")).ShouldBe(200).Text.ShouldNotContain(key);
    }

    [Fact]
    public async Task A_key_that_another_node_has_just_made_works_here_at_once()
    {
        const string key = "a-key-of-another-node";
        await using (var session = await fixture.App.Services.GetRequiredService<IDatabase>().BeginWriteAsync(CancellationToken.None))
        {
            await session.Connection.ExecuteAsync(
                "insert into api_key (id, name, key_hash, roles, created_at) values (@id, 'of another node', @hash, 'pos', @now)",
                new { id = Guid.NewGuid().ToString("D"), now = DateTimeOffset.UnixEpoch, hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(key))) }, session.Transaction);
            await session.CommitAsync(CancellationToken.None);
        }

        (await fixture.Admin.As(key).GetAsync("/api/v1/system/clock")).ShouldBe(200);
    }

    [Fact]
    public async Task New_roles_of_a_key_are_in_force_at_once()
    {
        var caller = (await fixture.Admin.PutAsync(Keys + "rising", new { roles = new[] { "pos" } })).ShouldBe(201)["key"].GetString();
        (await fixture.Admin.As(caller).GetAsync("/api/v1/api-keys")).ShouldBeProblem(403, "FORBIDDEN");
        (await fixture.Admin.PutAsync(Keys + "rising", new { roles = new[] { "admin" } })).ShouldBe(200);
        (await fixture.Admin.As(caller).GetAsync("/api/v1/api-keys")).ShouldBe(200);
    }

    [Fact]
    public async Task A_revoked_key_is_refused_at_once_and_its_name_is_free_again()
    {
        var key = (await fixture.Admin.PutAsync(Keys + "leaver", new { roles = new[] { "pos" } })).ShouldBe(201)["key"].GetString();
        (await fixture.Admin.DeleteAsync(Keys + "leaver")).ShouldBe(204);
        (await fixture.Admin.As(key).GetAsync("/api/v1/system/clock")).ShouldBeProblem(401, "UNAUTHENTICATED");
        (await fixture.Admin.DeleteAsync(Keys + "leaver")).ShouldBeProblem(404, "API_KEY_NOT_FOUND");

        var successor = (await fixture.Admin.PutAsync(Keys + "leaver", new { roles = new[] { "pos" } })).ShouldBe(201)["key"].GetString();
        successor.ShouldNotBe(key);
    }

    [Fact]
    public async Task An_expired_key_is_refused()
    {
        var key = (await fixture.Admin.PutAsync(Keys + "guest", new { roles = new[] { "pos" }, expiresAt = "2020-01-01T00:00:00Z" })).ShouldBe(201)["key"].GetString();
        (await fixture.Admin.As(key).GetAsync("/api/v1/system/clock")).ShouldBeProblem(401, "UNAUTHENTICATED");
    }

    [Fact]
    public async Task Names_every_bad_field()
    {
        var answer = await fixture.Admin.PutAsync(Keys + "bad", """{"roles":["pos",7,null],"expiresAt":"tomorrow","color":{"a":[]},"color":1}""");
        answer.ShouldBeProblem(400, "INVALID_REQUEST").ErrorFields.ShouldBe(["roles[1]", "roles[2]", "expiresAt", "color"], ignoreOrder: true);
        (await fixture.Admin.PutAsync(Keys + "bad", """{"roles":["king",7,"queen"],"expiresAt":"tomorrow"}""")).ShouldBeProblem(400, "INVALID_REQUEST")
            .ErrorFields.ShouldBe(["roles[0]", "roles[1]", "roles[2]", "expiresAt"], ignoreOrder: true);
        (await fixture.Admin.PutAsync(Keys + "bad", """{"roles":[],"expiresAt":"tomorrow"}""")).ShouldBeProblem(400, "INVALID_REQUEST")
            .ErrorFields.ShouldBe(["roles", "expiresAt"], ignoreOrder: true);
        (await fixture.Admin.PutAsync(Keys + "bad", new { roles = new[] { "pos", "king" } })).ShouldBeProblem(400, "INVALID_REQUEST").ErrorFields.ShouldBe(["roles[1]"]);
        (await fixture.Admin.PutAsync(Keys + "bad", new { roles = Array.Empty<string>() })).ShouldBeProblem(400, "INVALID_REQUEST").ErrorFields.ShouldBe(["roles"]);
        (await fixture.Admin.PutAsync(Keys + "%20x", new { roles = new[] { "pos" } })).ShouldBeProblem(400, "INVALID_REQUEST").ErrorFields.ShouldBe(["name"]);
    }

    [Fact]
    public async Task Lists_by_name_page_by_page()
    {
        foreach (var name in new[] { "p-c", "p-a", "p-b" })
        {
            (await fixture.Admin.PutAsync(Keys + name, new { roles = RoleNames.Of(Roles.Sales) })).ShouldBe(201);
        }

        var names = new List<string>();
        string? cursor = null;
        do
        {
            var page = (await fixture.Admin.GetAsync("/api/v1/api-keys?limit=2" + (cursor is null ? string.Empty : "&cursor=" + cursor))).ShouldBe(200);
            var items = page["items"].EnumerateArray().Select(item => item.GetProperty("name").GetString()!).ToList();
            items.Count.ShouldBeInRange(1, 2);
            names.AddRange(items);
            cursor = page["nextCursor"].GetString();
        }
        while (cursor is not null);

        names.ShouldBeUnique();
        names.ShouldBe(names.Order(StringComparer.Ordinal));
        names.Where(name => name.StartsWith("p-", StringComparison.Ordinal)).ShouldBe(["p-a", "p-b", "p-c"]);
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=1001", "limit")]
    [InlineData("limit=ten", "limit")]
    [InlineData("limit=1&limit=2", "limit")]
    [InlineData("cursor=***", "cursor")]
    [InlineData("cursor=WzFd", "cursor")]
    [InlineData("page=2", "page")]
    public async Task Refuses_a_bad_or_unknown_query_parameter(string query, string field) =>
        (await fixture.Admin.GetAsync("/api/v1/api-keys?" + query)).ShouldBeProblem(400, "INVALID_REQUEST").ErrorFields.ShouldBe([field]);
}
