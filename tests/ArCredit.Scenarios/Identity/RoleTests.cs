using ArCredit.Platform.Http;
using ArCredit.Testing.App;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using Xunit;

namespace ArCredit.Scenarios.Identity;

public sealed class RoleTests(AppFixture fixture) : IClassFixture<AppFixture>
{
    [Fact]
    public void Every_endpoint_says_who_may_call_it()
    {
        Endpoints().Where(endpoint => endpoint.Metadata.GetMetadata<RequiredRoles>() is null && endpoint.Metadata.GetMetadata<OpenToAll>() is null)
            .Select(endpoint => endpoint.DisplayName)
            .ShouldBeEmpty();
    }

    [Fact]
    public void Only_health_and_the_openapi_document_are_open_to_all()
    {
        Endpoints().Where(endpoint => endpoint.Metadata.GetMetadata<OpenToAll>() is not null)
            .Select(endpoint => endpoint.RoutePattern.RawText)
            .ShouldBe(["/health/live", "/health/ready", "/openapi/v1.json"], ignoreOrder: true);
    }

    [Fact]
    public async Task Every_closed_endpoint_refuses_a_caller_without_a_key_and_says_how_to_identify()
    {
        foreach (var (method, path, _) in Closed())
        {
            var answer = await fixture.App.Anonymous.SendAsync(method, path, null);
            answer.ShouldBeProblem(401, "UNAUTHENTICATED");
            answer.Headers.WwwAuthenticate.ToString().ShouldBe("Bearer");
        }
    }

    [Fact]
    public async Task Every_closed_endpoint_refuses_each_role_it_does_not_name()
    {
        foreach (var role in Enum.GetValues<Roles>().Where(role => role is not (Roles.None or Roles.Any or Roles.Admin)))
        {
            var caller = await fixture.App.CallerAsync(role);
            foreach (var (method, path, _) in Closed().Where(endpoint => (endpoint.Roles & role) == 0))
            {
                (await caller.SendAsync(method, path, null)).ShouldBeProblem(403, "FORBIDDEN");
            }
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("ark_0000000000000000000000000000000000000000000")]
    public async Task Refuses_a_key_that_nobody_has(string key) =>
        (await fixture.Admin.As(key).GetAsync("/api/v1/system/clock")).ShouldBeProblem(401, "UNAUTHENTICATED");

    [Fact]
    public async Task Refuses_another_authorization_scheme()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/system/clock");
        request.Headers.TryAddWithoutValidation("Authorization", "Basic " + AppSettings.AdminKey);
        using var response = await fixture.Admin.Http.SendAsync(request);
        ((int)response.StatusCode).ShouldBe(401);
    }

    private IEnumerable<RouteEndpoint> Endpoints() =>
        fixture.App.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>();

    private IEnumerable<(HttpMethod Method, string Path, Roles Roles)> Closed() =>
        from endpoint in Endpoints()
        let required = endpoint.Metadata.GetMetadata<RequiredRoles>()
        where required is not null
        from method in endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()!.HttpMethods
        select (new HttpMethod(method), Fill(endpoint), required.Roles);

    private static string Fill(RouteEndpoint endpoint) =>
        "/" + string.Join('/', endpoint.RoutePattern.PathSegments.Select(segment =>
            segment.Parts[0] is Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart literal ? literal.Content : "x"));
}
