using System.Text;
using ArCredit.Kernel;
using ArCredit.Platform.Http;
using Shouldly;
using Xunit;

namespace ArCredit.Platform.Tests.Http;

public sealed class BodyTests
{
    [Fact]
    public void Reads_every_kind_of_value()
    {
        var order = Read(
            """
            {"account":"0042","kind":"pickUp","amount":12.50,"currency":"AZN","on":"2026-02-28","at":"2026-02-28T09:30:00+04:00",
             "lines":[{"number":"A/1","quantity":2}],"tags":{"a b":"c"},"limit":null,"note":null}
            """);
        order.Account.ShouldBe(AccountId.Parse("0042"));
        order.Kind.ShouldBe(Kind.PickUp);
        order.Amount.ShouldBe(12.50m);
        order.Currency.ShouldBe(Currency.Parse("AZN"));
        order.On.ShouldBe(new DateOnly(2026, 2, 28));
        order.At.ShouldBe(new DateTimeOffset(2026, 2, 28, 5, 30, 0, TimeSpan.Zero));
        order.At!.Value.Offset.ShouldBe(TimeSpan.Zero);
        order.Lines.ShouldBe([new Line(DocumentNumber.Parse("A/1"), 2, false)]);
        order.Tags!["a b"].ShouldBe("c");
        order.Limit.ShouldBe(new Given<decimal?>(null));
        order.Note.ShouldBeNull();
    }

    [Fact]
    public void What_is_nullable_may_be_absent_and_absence_is_told_from_null_where_it_matters()
    {
        var order = Read("""{"account":"1","kind":"delivery","amount":1,"currency":"EUR","lines":[]}""");
        order.On.ShouldBeNull();
        order.Limit.IsGiven.ShouldBeFalse();
        Read("""{"account":"1","kind":"delivery","amount":1,"currency":"EUR","lines":[],"limit":5}""").Limit.ShouldBe(new Given<decimal?>(5m));
    }

    [Theory]
    [InlineData("{", "is not valid JSON")]
    [InlineData("[", "is not valid JSON")]
    [InlineData("{\"account\":\"1\",\"amount\":1", "is not valid JSON")]
    [InlineData("{\"account\":\"1\",\"lines\":[{\"number\":\"1\"}", "is not valid JSON")]
    [InlineData("[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", "is nested deeper than 32 levels")]
    public void A_body_that_is_cut_short_is_told_from_one_that_is_too_deep(string body, string said) =>
        Errors(body).ShouldHaveSingleItem().Message.ShouldStartWith(said);

    [Fact]
    public void Names_each_bad_field_once_with_its_path()
    {
        var errors = Errors(
            """
            {"account":"a/b","kind":"PickUp","amount":"12","currency":"eur","on":"2026-02-30","at":"2026-02-28T09:30:00",
             "lines":[{"number":"","quantity":1.5,"urgent":"yes","colour":"red"},null,{"quantity":1},7],"tags":{"x":null,"y":1},"limit":"much","nots":1}
            """);
        errors.ShouldBe(
            [
                ("account", "must be 1 to 64 characters without '/', control characters or surrounding white space"),
                ("kind", "must be one of: delivery, pickUp"),
                ("amount", "must be a number"),
                ("currency", "must be an ISO 4217 currency code in capitals"),
                ("on", "must be a date as YYYY-MM-DD"),
                ("at", "must be an instant as YYYY-MM-DDThh:mm:ssZ"),
                ("lines[0].number", "must be 1 to 64 characters without control characters or surrounding white space"),
                ("lines[0].quantity", "must be a whole number"),
                ("lines[0].urgent", "must be true or false"),
                ("lines[0].colour", "is not a known field"),
                ("lines[1]", "must not be null"),
                ("lines[2].number", "is required"),
                ("lines[3]", "must be an object"),
                ("tags.x", "must not be null"),
                ("tags.y", "must be a text"),
                ("limit", "must be a number"),
                ("nots", "is not a known field"),
            ],
            ignoreOrder: true);
    }

    [Fact]
    public void Names_everything_that_is_missing() =>
        Errors("{}").Select(error => error.Path).ShouldBe(["account", "kind", "amount", "currency", "lines"], ignoreOrder: true);

    [Fact]
    public void A_required_field_that_is_null_is_missing() =>
        Errors("""{"account":null,"kind":null,"amount":null,"currency":null,"lines":null}""").ShouldAllBe(error => error.Message == "is required");

    [Theory]
    [InlineData("1e400")]
    [InlineData("-1e400")]
    [InlineData("1e-400")]
    [InlineData("1e-29")]
    [InlineData("1.00000000000000000000000000000000001")]
    [InlineData("79228162514264337593543950336")]
    [InlineData("\"NaN\"")]
    [InlineData("true")]
    [InlineData("[1]")]
    public void Refuses_a_number_it_could_not_hold_exactly(string amount) =>
        Errors($$"""{"account":"1","kind":"delivery","amount":{{amount}},"currency":"EUR","lines":[]}""").ShouldHaveSingleItem().Path.ShouldBe("amount");

    [Theory]
    [InlineData("0", 0)]
    [InlineData("0.000", 0)]
    [InlineData("-0.0", 0)]
    [InlineData("0e9", 0)]
    [InlineData("1e3", 1000)]
    [InlineData("1500E-3", 1.5)]
    public void Takes_every_spelling_of_a_number(string amount, double expected) =>
        Read($$"""{"account":"1","kind":"delivery","amount":{{amount}},"currency":"EUR","lines":[]}""").Amount.ShouldBe((decimal)expected);

    [Theory]
    [InlineData("1.70")]
    [InlineData("1.7")]
    [InlineData("170e-2")]
    public void The_same_number_is_read_the_same_however_it_is_written(string amount) =>
        Read($$"""{"account":"1","kind":"delivery","amount":{{amount}},"currency":"EUR","lines":[]}""").Amount.Scale.ShouldBe((byte)1);

    [Theory]
    [InlineData("delivery,pickUp")]
    [InlineData("Delivery")]
    [InlineData("0")]
    [InlineData("")]
    public void Refuses_a_name_that_is_none_of_an_enumeration(string kind) =>
        Errors($$"""{"account":"1","kind":"{{kind}}","amount":1,"currency":"EUR","lines":[]}""").ShouldHaveSingleItem().Path.ShouldBe("kind");

    [Theory]
    [InlineData("a\\u0000b", "must not contain the character U+0000")]
    [InlineData("\\ud800", "must not contain half of a surrogate pair")]
    public void Refuses_a_text_that_no_database_takes(string note, string said) =>
        Errors($$"""{"account":"1","kind":"delivery","amount":1,"currency":"EUR","lines":[],"note":"{{note}}"}""").ShouldBe([("note", said)]);

    [Fact]
    public void What_remains_of_a_bad_body_can_still_be_judged()
    {
        var body = Body.Parse<Order>(Encoding.UTF8.GetBytes(
            """{"account":"a/b","kind":7,"amount":-1,"lines":[null,{"number":"L","quantity":9,"colour":"red"}],"tags":{"a":"b","c":1},"note":"n","x":1}"""));
        body.Problem.ShouldNotBeNull();
        var remains = body.Remains.ShouldNotBeNull();
        remains.Amount.ShouldBe(-1m);
        remains.Currency.ShouldBeNull();
        remains.Lines.Count.ShouldBe(2);
        remains.Lines[1].ShouldBe(new Line(DocumentNumber.Parse("L"), 9));
        remains.Tags!.ShouldHaveSingleItem().Key.ShouldBe("a");
        remains.Note.ShouldBe("n");
        body.Errors!.ByPath.Keys.ShouldBe(["account", "kind", "currency", "lines[0]", "lines[1].colour", "tags.c", "x"], ignoreOrder: true);
    }

    [Fact]
    public void Bad_entries_of_a_list_hold_their_place_and_take_no_second_message()
    {
        var body = Body.Parse<IReadOnlyList<DateOnly>>("""["2026-01-01",7,"soon"]"""u8.ToArray());
        body.Remains.ShouldBe([new DateOnly(2026, 1, 1), default, default]);
        body.Errors!.Add("[1]", "must be later");
        body.Errors.Add("[0]", "must be later");
        body.Errors.ByPath.Keys.ShouldBe(["[0]", "[1]", "[2]"], ignoreOrder: true);
        body.Errors.ByPath["[1]"].ShouldHaveSingleItem().ShouldBe("must be a date as YYYY-MM-DD");
        Body.Parse<IReadOnlyList<string>>("""["a",7]"""u8.ToArray()).Remains.ShouldBe(["a", null!]);
    }

    [Fact]
    public void Nothing_remains_of_what_is_no_body()
    {
        foreach (var json in new[] { "7", "[]", "{", "nonsense" })
        {
            Body.Parse<Order>(Encoding.UTF8.GetBytes(json)).Remains.ShouldBeNull();
        }
    }

    [Fact]
    public void A_list_as_a_body_is_read_and_its_items_named()
    {
        Body.Parse<IReadOnlyList<Line>>(Encoding.UTF8.GetBytes("""[{"number":"1","quantity":1}]""")).Value.Count.ShouldBe(1);
        var problem = Body.Parse<IReadOnlyList<Line>>(Encoding.UTF8.GetBytes("""[{"number":"1","quantity":1},null,{"number":1}]""")).Problem!;
        problem.Errors!.Keys.ShouldBe(["[1]", "[2].number", "[2].quantity"], ignoreOrder: true);
    }

    [Fact]
    public void A_byte_order_mark_is_no_part_of_the_body() =>
        Body.Parse<Line>(Encoding.UTF8.GetPreamble().Concat("""{"number":"1","quantity":1}"""u8.ToArray()).ToArray()).Problem.ShouldBeNull();

    [Fact]
    public void Every_prefix_of_a_valid_body_is_a_400()
    {
        var valid = Encoding.UTF8.GetBytes("""{"account":"1","kind":"delivery","amount":1.5,"currency":"EUR","lines":[{"number":"é","quantity":1}],"tags":{"a":"b"}}""");
        Body.Parse<Order>(valid).Problem.ShouldBeNull();
        for (var length = 0; length < valid.Length; length++)
        {
            Body.Parse<Order>(valid.AsMemory(0, length)).Problem.ShouldNotBeNull().Status.ShouldBe(400);
        }
    }

    private static Order Read(string json)
    {
        var body = Body.Parse<Order>(Encoding.UTF8.GetBytes(json));
        body.Problem?.Errors?.Keys.ShouldBeEmpty();
        body.Problem.ShouldBeNull();
        return body.Value;
    }

    private static List<(string Path, string Message)> Errors(string json)
    {
        var problem = Body.Parse<Order>(Encoding.UTF8.GetBytes(json)).Problem.ShouldNotBeNull();
        problem.Status.ShouldBe(400);
        return [.. problem.Errors!.Select(error => (error.Key, error.Value.ShouldHaveSingleItem()))];
    }

    private enum Kind
    {
        Delivery,
        PickUp,
    }

    private sealed record Order(
        AccountId Account,
        Kind Kind,
        decimal Amount,
        Currency Currency,
        DateOnly? On,
        DateTimeOffset? At,
        IReadOnlyList<Line> Lines,
        IReadOnlyDictionary<string, string>? Tags,
        Given<decimal?> Limit,
        string? Note);

    private sealed record Line(DocumentNumber Number, int Quantity, bool Urgent = false);
}
