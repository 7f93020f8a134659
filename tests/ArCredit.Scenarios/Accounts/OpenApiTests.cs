using System.Text.Json;
using Shouldly;
using Xunit;

namespace ArCredit.Scenarios.Accounts;

public sealed class OpenApiTests(AppFixture fixture) : IClassFixture<AppFixture>
{
    [Fact]
    public async Task The_document_tells_what_must_be_sent_from_what_may()
    {
        var schemas = await SchemasAsync();
        Required(schemas.GetProperty("ReserveCreditBody")).ShouldBe(["kind", "amount", "currency"], ignoreOrder: true);
        Required(schemas.GetProperty("PutAccountBody")).ShouldBe(["currency"]);
        Types(schemas.GetProperty("ReserveCreditBody").GetProperty("properties").GetProperty("reference")).ShouldBe(["null", "string"], ignoreOrder: true);
        Types(schemas.GetProperty("CompanyBody").GetProperty("properties").GetProperty("name")).ShouldBe(["string"]);
    }

    [Fact]
    public async Task The_document_shows_both_forms_of_a_rule()
    {
        var schemas = await SchemasAsync();
        var forms = schemas.GetProperty("MaxDocumentBody").GetProperty("oneOf");
        forms.GetArrayLength().ShouldBe(2);
        forms[0].GetProperty("type").GetString().ShouldBe("number");
        schemas.GetProperty("CurrenciesBody").GetProperty("oneOf")[0].GetProperty("type").GetString().ShouldBe("array");
    }

    [Fact]
    public async Task The_document_says_of_fields_what_the_code_says_of_them()
    {
        var schemas = await SchemasAsync();
        string? TextOf(string schema, string field) => schemas.GetProperty(schema).GetProperty("properties").GetProperty(field).GetProperty("description").GetString();
        TextOf("ReserveCreditBody", "expiresInSeconds").ShouldBe("1 to 31,536,000; absent = 15 minutes for pos, none for order and delivery.");
        schemas.GetProperty("PutApiKey").GetProperty("properties").GetProperty("roles").GetProperty("items").GetProperty("type").GetString().ShouldBe("string");
        schemas.GetProperty("CompanyBody").GetProperty("properties").GetProperty("holidays").GetProperty("items").GetProperty("format").GetString().ShouldBe("date");
        TextOf("PostPaymentBody", "allocations").ShouldBe("Absent = what the remittance names, then the policy's order; empty = unapplied.");
    }

    private async Task<JsonElement> SchemasAsync() =>
        (await fixture.App.Anonymous.GetAsync("/openapi/v1.json")).ShouldBe(200)["components"].GetProperty("schemas");

    private static IEnumerable<string?> Required(JsonElement schema) => schema.GetProperty("required").EnumerateArray().Select(name => name.GetString());

    private static IEnumerable<string?> Types(JsonElement schema)
    {
        var type = schema.GetProperty("type");
        return type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().Select(name => name.GetString()) : [type.GetString()];
    }
}
