using System.Net.Http.Headers;
using System.Text.Json;
using Shouldly;

namespace ArCredit.Testing.App;

/// <summary>An answer, read to its end.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="Text">The body as it came.</param>
/// <param name="Headers">Without those of the content.</param>
/// <param name="ContentType">Media type without parameters; null without a body.</param>
public sealed record Answer(int Status, string Text, HttpResponseHeaders Headers, string? ContentType)
{
    private JsonElement? json;

    /// <summary>The body as JSON.</summary>
    public JsonElement Json => json ??= JsonDocument.Parse(Text).RootElement.Clone();

    /// <summary>A member of the body.</summary>
    public JsonElement this[string name] => Json.GetProperty(name);

    /// <summary>A problem's stable code.</summary>
    public string? Code => Json.GetProperty("code").GetString();

    /// <summary>Names of the fields a 400 complains of.</summary>
    public IReadOnlyList<string> ErrorFields => [.. Json.GetProperty("errors").EnumerateObject().Select(error => error.Name)];

    /// <summary>Fails with the body when the status is another.</summary>
    public Answer ShouldBe(int status)
    {
        Status.ShouldBe(status, Text);
        return this;
    }

    /// <summary>Fails unless it is a problem of this status and code, as RFC 9457 wants it.</summary>
    public Answer ShouldBeProblem(int status, string code)
    {
        ShouldBe(status);
        ContentType.ShouldBe("application/problem+json", Text);
        Code.ShouldBe(code, Text);
        this["status"].GetInt32().ShouldBe(status);
        this["title"].GetString().ShouldNotBeNullOrWhiteSpace();
        this["traceId"].GetString().ShouldNotBeNullOrWhiteSpace();
        Text.ShouldNotContain("   at ", Case.Sensitive, "a stack trace is nobody's business");
        return this;
    }
}
