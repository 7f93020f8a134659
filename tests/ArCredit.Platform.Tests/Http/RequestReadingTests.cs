using ArCredit.Kernel;
using ArCredit.Platform.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Shouldly;
using Xunit;

namespace ArCredit.Platform.Tests.Http;

public sealed class RequestReadingTests
{
    private enum Colour
    {
        DarkRed,
        Blue,
    }

    [Fact]
    public void Reads_query_parameters_as_domain_values()
    {
        var query = Query("?asOf=2026-02-28&knownAt=2026-02-28T10:00:00Z&colour=darkRed&currency=AZN&q=a%20b&days=5");
        query.Date("asOf").ShouldBe(new DateOnly(2026, 2, 28));
        query.Instant("knownAt").ShouldBe(new DateTimeOffset(2026, 2, 28, 10, 0, 0, TimeSpan.Zero));
        query.OneOf<Colour>("colour").ShouldBe(Colour.DarkRed);
        query.Currency("currency").ShouldBe(Currency.Parse("AZN"));
        query.Text("q").ShouldBe("a b");
        query.Number("days", 0, 9).ShouldBe(5);
        query.Date("absent").ShouldBeNull();
        query.Problem().ShouldBeNull();
    }

    [Fact]
    public void Names_every_bad_repeated_and_unknown_query_parameter()
    {
        var query = Query("?asOf=28.02.2026&knownAt=2026-02-28&colour=DarkRed&currency=azn&q=&days=10&asof=1&two=1&two=2");
        query.Date("asOf").ShouldBeNull();
        query.Instant("knownAt").ShouldBeNull();
        query.OneOf<Colour>("colour").ShouldBeNull();
        query.Currency("currency").ShouldBeNull();
        query.Text("q").ShouldBeNull();
        query.Number("days", 0, 9).ShouldBeNull();
        query.Text("two");
        query.Problem()!.Errors!.Keys.ShouldBe(
            ["asOf", "knownAt", "colour", "currency", "q", "days", "two", "asof"], ignoreOrder: true);
    }

    [Fact]
    public void A_cursor_gives_back_what_it_was_made_of_and_is_safe_in_an_address()
    {
        var cursor = Paging.Encode("Ä/ö?&=+", "17");
        Uri.EscapeDataString(cursor).ShouldBe(cursor);
        var query = Query("?limit=3&cursor=" + cursor);
        var paging = query.Paging(2);
        query.Problem().ShouldBeNull();
        paging.Limit.ShouldBe(3);
        paging.After.ShouldBe(["Ä/ö?&=+", "17"]);
    }

    [Fact]
    public void A_cursor_of_another_list_is_refused()
    {
        var query = Query("?cursor=" + Paging.Encode("a"));
        query.Paging(2);
        query.Problem()!.Errors!.Keys.ShouldBe(["cursor"]);
    }

    [Fact]
    public void A_page_with_a_surplus_item_has_a_next_one()
    {
        var paging = new Paging(2, null);
        paging.Page([1, 2], number => [$"{number}"]).ShouldBeEquivalentTo(new ListPage<int>([1, 2], null));
        var page = paging.Page([1, 2, 3], number => [$"{number}"]);
        page.Items.ShouldBe([1, 2]);
        page.NextCursor.ShouldBe(Paging.Encode("2"));
    }

    [Theory]
    [InlineData(null, "IDEMPOTENCY_KEY_REQUIRED")]
    [InlineData("", "IDEMPOTENCY_KEY_INVALID")]
    [InlineData("tab\there", "IDEMPOTENCY_KEY_INVALID")]
    [InlineData("ünicode", "IDEMPOTENCY_KEY_INVALID")]
    [InlineData("order 17 / 2", null)]
    public void Reads_the_idempotency_key(string? key, string? code)
    {
        var http = new DefaultHttpContext();
        if (key is not null)
        {
            http.Request.Headers[IdempotencyKey.Header] = key;
        }

        IdempotencyKey.TryRead(http, out var value, out var problem).ShouldBe(code is null);
        problem?.Code.ShouldBe(code);
        if (code is null)
        {
            value.ShouldBe(key);
        }
    }

    [Theory]
    [InlineData(255, true)]
    [InlineData(256, false)]
    public void Bounds_the_idempotency_key(int length, bool accepted)
    {
        var http = new DefaultHttpContext();
        http.Request.Headers[IdempotencyKey.Header] = new string('k', length);
        IdempotencyKey.TryRead(http, out _, out _).ShouldBe(accepted);
    }

    [Theory]
    [InlineData(null, 3L, true)]
    [InlineData(null, null, true)]
    [InlineData("*", 3L, true)]
    [InlineData("*", null, false)]
    [InlineData("\"3\"", 3L, true)]
    [InlineData("\"2\", \"3\"", 3L, true)]
    [InlineData("\"2\"", 3L, false)]
    [InlineData("\"2\"", null, false)]
    [InlineData("W/\"3\"", 3L, false)]
    [InlineData("\"abc\"", 3L, false)]
    public void If_match_allows_only_the_version_it_names(string? header, long? current, bool allowed)
    {
        var http = new DefaultHttpContext();
        if (header is not null)
        {
            http.Request.Headers.IfMatch = header;
        }

        ETags.TryReadIfMatch(http, out var ifMatch, out _).ShouldBeTrue();
        ifMatch.Allows(current).ShouldBe(allowed);
    }

    [Fact]
    public void If_match_without_quotes_is_refused()
    {
        var http = new DefaultHttpContext();
        http.Request.Headers.IfMatch = "3";
        ETags.TryReadIfMatch(http, out _, out var problem).ShouldBeFalse();
        problem!.Code.ShouldBe("IF_MATCH_INVALID");
    }

    [Theory]
    [InlineData("/invoices/2026%2F7/disputes", "2026%2F7", "2026/7")]
    [InlineData("/invoices/2026%252F7/disputes?x=1", "2026%2F7", "2026%2F7")]
    [InlineData("/invoices/7/disputes", "7", "7")]
    public void An_escaped_slash_is_part_of_a_document_number(string target, string routeValue, string expected)
    {
        var http = Routed("/invoices/{number}/disputes", target, "number", routeValue);
        RouteReader.TryNumber(http, "number", out var number, out _).ShouldBeTrue();
        number.Value.ShouldBe(expected);
    }

    [Fact]
    public void An_escaped_slash_is_no_part_of_an_account_number()
    {
        var http = Routed("/accounts/{accountId}", "/accounts/a%2Fb", "accountId", "a%2Fb");
        RouteReader.TryAccount(http, out _, out var problem).ShouldBeFalse();
        problem!.Errors!.Keys.ShouldBe(["accountId"]);
    }

    private static DefaultHttpContext Routed(string pattern, string target, string name, string value)
    {
        var http = new DefaultHttpContext();
        http.Features.Get<IHttpRequestFeature>()!.RawTarget = target;
        http.Request.RouteValues[name] = value;
        http.SetEndpoint(new RouteEndpoint(_ => Task.CompletedTask, RoutePatternFactory.Parse(pattern), 0, null, null));
        return http;
    }

    private static QueryReader Query(string query)
    {
        var http = new DefaultHttpContext();
        http.Request.QueryString = new QueryString(query);
        return new QueryReader(http);
    }
}
