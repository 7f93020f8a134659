using System.Net.Http.Headers;
using System.Text;
using ArCredit.Testing.App;
using Shouldly;
using Xunit;

namespace ArCredit.Scenarios.Http;

public sealed class GarbageTests(AppFixture fixture) : IClassFixture<AppFixture>
{
    private const string Clock = "/api/v1/system/clock";

    public static TheoryData<string, string> Bodies => new()
    {
        { "", "BODY_MISSING" },
        { "   ", "INVALID_REQUEST" },
        { "nonsense", "INVALID_REQUEST" },
        { "{", "INVALID_REQUEST" },
        { "null", "INVALID_REQUEST" },
        { "[]", "INVALID_REQUEST" },
        { "7", "INVALID_REQUEST" },
        { "\"now\"", "INVALID_REQUEST" },
        { "{}", "INVALID_REQUEST" },
        { "{}{}", "INVALID_REQUEST" },
        { """{"now":null}""", "INVALID_REQUEST" },
        { """{"now":1e400}""", "INVALID_REQUEST" },
        { """{"now":"2026-13-01T00:00:00Z"}""", "INVALID_REQUEST" },
        { """{"now":"2026-01-02T00:00:00"}""", "INVALID_REQUEST" },
        { """{"now":"0001-01-01T00:00:00+14:00"}""", "INVALID_REQUEST" },
        { """{"now":"\ud800"}""", "INVALID_REQUEST" },
        { """{"\ud800":1}""", "INVALID_REQUEST" },
        { """{"now":"2026-01-02T00:00:00Z","now":"2026-01-02T00:00:00Z"}""", "INVALID_REQUEST" },
        { """{"Now":"2026-01-02T00:00:00Z"}""", "INVALID_REQUEST" },
        { """{"now":"2026-01-02T00:00:00Z",}""", "INVALID_REQUEST" },
        { """{"now":"2026-01-02T00:00:00Z"/* why */}""", "INVALID_REQUEST" },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task A_body_that_cannot_be_read_is_a_400(string body, string code) =>
        (await fixture.Admin.PutAsync(Clock, body)).ShouldBeProblem(400, code);

    [Fact]
    public async Task A_body_nested_too_deep_is_a_400_that_says_so()
    {
        var body = $$"""{"now":{{new string('[', 40)}}{{new string(']', 40)}}}""";
        (await fixture.Admin.PutAsync(Clock, body)).ShouldBeProblem(400, "INVALID_REQUEST").Text.ShouldContain("deeper than 32");
        (await fixture.Admin.PutAsync(Clock, new string('[', 500_000))).ShouldBeProblem(400, "INVALID_REQUEST");
    }

    [Fact]
    public async Task A_body_that_is_not_utf_8_is_a_400() =>
        (await fixture.Admin.PutAsync(Clock, new byte[] { (byte)'{', (byte)'"', 0xC3, 0x28, (byte)'"', (byte)':', (byte)'1', (byte)'}' })).ShouldBeProblem(400, "BODY_NOT_UTF8");

    [Fact]
    public async Task A_body_in_another_encoding_is_a_415()
    {
        using var content = new StringContent("""{"now":"2026-01-02T00:00:00Z"}""", Encoding.Unicode, "application/json");
        (await fixture.Admin.PutAsync(Clock, content)).ShouldBeProblem(415, "UNSUPPORTED_MEDIA_TYPE");
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/xml")]
    [InlineData("application/json-patch+json")]
    public async Task A_body_of_another_type_is_a_415(string type)
    {
        using var content = new StringContent("{}", new MediaTypeHeaderValue(type));
        (await fixture.Admin.PutAsync(Clock, content)).ShouldBeProblem(415, "UNSUPPORTED_MEDIA_TYPE");
    }

    [Fact]
    public async Task A_body_above_one_megabyte_is_a_413_whether_or_not_its_length_is_announced()
    {
        var large = Encoding.UTF8.GetBytes($$"""{"now":"{{new string('x', 1024 * 1024)}}"}""");
        (await fixture.Admin.PutAsync(Clock, large)).ShouldBeProblem(413, "BODY_TOO_LARGE");

        using var chunked = new StreamContent(new Endless(large)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        (await fixture.Admin.PutAsync(Clock, chunked)).ShouldBeProblem(413, "BODY_TOO_LARGE");
    }

    [Fact]
    public async Task A_hundred_thousand_unknown_fields_do_not_make_a_huge_answer()
    {
        var body = "{" + string.Join(',', Enumerable.Range(0, 100_000).Select(i => $"\"a{i}\":0")) + "}";
        (await fixture.Admin.PutAsync(Clock, body)).ShouldBe(413);
        body = "{" + string.Join(',', Enumerable.Range(0, 50_000).Select(i => $"\"a{i}\":0")) + "}";
        (await fixture.Admin.PutAsync(Clock, body)).ShouldBeProblem(400, "INVALID_REQUEST").Text.Length.ShouldBeLessThan(10_000);
    }

    [Fact]
    public async Task Random_bytes_are_never_a_500()
    {
        var random = new Random(7);
        for (var i = 0; i < 300; i++)
        {
            var bytes = new byte[random.Next(0, 200)];
            random.NextBytes(bytes);
            (await fixture.Admin.PutAsync(Clock, bytes)).Status.ShouldBe(400);
        }
    }

    [Fact]
    public async Task A_broken_valid_body_is_never_a_500()
    {
        var valid = Encoding.UTF8.GetBytes("""{"roles":["pos","credit-manager"],"expiresAt":"2027-01-01T00:00:00Z"}""");
        var random = new Random(11);
        for (var i = 0; i < 300; i++)
        {
            var bytes = valid.ToArray();
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            (await fixture.Admin.PutAsync("/api/v1/api-keys/fuzz", bytes)).Status.ShouldBeOneOf(200, 201, 400);
        }
    }

    // Its length is unknown, so that the client sends it in chunks.
    private sealed class Endless(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
