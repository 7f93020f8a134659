using ArCredit.Accounts.Contracts;
using ArCredit.Banking.Matching;
using ArCredit.Banking.Statements;
using ArCredit.Kernel;
using Shouldly;
using Xunit;

namespace ArCredit.Banking.Tests.Matching;

public sealed class MatcherTests
{
    private static readonly Currency Euro = Currency.Parse("EUR");

    private readonly Matcher matcher = new(new SetSearch(TimeProvider.System));

    [Theory]
    [InlineData("Invoice RE-2026/001 thanks", "RE-2026-001", true)]
    [InlineData("re 2026 001", "RE-2026-001", true)]
    [InlineData("INV1001,INV1002", "INV1002", true)]
    [InlineData("INV 10 01", "INV1001", true)]
    [InlineData("(4711)", "4711", true)]
    [InlineData("XRE-2026-001", "RE-2026-001", false)]
    [InlineData("RE-2026-0012", "RE-2026-001", false)]
    [InlineData("order47110", "4711", false)]
    [InlineData("FACTURE", "ACT", false)]
    [InlineData("12 pieces", "12", false)]
    public void A_number_counts_as_whole_words_alone(string text, string number, bool isNamed) =>
        NamedNumbers.In(null, [text]).Any(named => named.Key == SearchKey.Of(number)).ShouldBe(isNamed);

    [Theory]
    [InlineData("RF18 5390 0754 7034", "539007547034")]
    [InlineData("rf18539007547034", "539007547034")]
    [InlineData("RF19539007547034", null)]
    [InlineData("RF18", null)]
    [InlineData("XX18539007547034", null)]
    public void An_iso_11649_reference_needs_its_check_digits(string text, string? body) => CreditorReference.BodyOf(text).ShouldBe(body);

    [Theory]
    [InlineData("Müller GmbH", "MUELLER GMBH", true)]
    [InlineData("Müller & Söhne KG", "Mueller und Soehne", true)]
    [InlineData("Şərq Ticarət MMC", "SƏRQ TICARƏT", true)]
    [InlineData("O'Neill Ltd.", "ONEILL LIMITED", true)]
    [InlineData("Beta GmbH", "Alpha GmbH", false)]
    [InlineData("GmbH", "AG", false)]
    [InlineData("Großmann", "GROSSMANN", true)]
    public void Two_spellings_of_a_name_are_one(string one, string other, bool isSame) => PartyName.IsSame(one, other).ShouldBe(isSame);

    [Fact]
    public void A_structured_reference_and_the_exact_amount_are_all_but_certain()
    {
        var result = Match(100, [Item("a", "539007547034", 100)], structured: "RF18539007547034");
        Best(result).ShouldBe("a 0.99 StructuredReference,ExactAmount 539007547034/1=100");
        result.IsAmbiguous.ShouldBeFalse();
    }

    [Fact]
    public void Of_invoices_named_gross_and_gross_less_retention_are_exact()
    {
        OpenInstalment[] items =
        [
            Item("a", "INV-1001", 90), Item("a", "INV-1001", 10, 2) with { DueDate = RetentionTerms.NoDueDate },
            Item("a", "INV-1002", 45), Item("a", "INV-1002", 5, 2) with { DueDate = RetentionTerms.NoDueDate },
        ];
        Best(Match(90, items[..2], "INV-1001")).ShouldBe("a 0.97 InvoiceNumber,ExactAmount INV-1001/1=90");
        Best(Match(100, items[..2], "INV-1001")).ShouldBe("a 0.97 InvoiceNumber,ExactAmount INV-1001/1=90 INV-1001/2=10");
        Best(Match(135, items, "INV-1001 INV-1002")).ShouldBe("a 0.97 InvoiceNumber,ExactAmount INV-1001/1=90 INV-1002/1=45");
    }

    [Fact]
    public void Of_a_known_payers_invoice_with_instalments_gross_less_retention_is_exact_too()
    {
        OpenInstalment[] items =
        [
            Item("a", "OLD-1", 500), Item("a", "I-2", 300), Item("a", "I-2", 600, 2), Item("a", "OLD-2", 400, 3),
            Item("a", "I-2", 100, 3) with { DueDate = RetentionTerms.NoDueDate },
        ];
        Best(Match(900, [], known: [Known("a", FoundBy.Iban, items)])).ShouldBe("a 0.95 Iban,ExactAmount I-2/1=300 I-2/2=600");
        Best(Match(1000, [], known: [Known("a", FoundBy.Iban, items)])).ShouldBe("a 0.95 Iban,ExactAmount I-2/1=300 I-2/2=600 I-2/3=100");
    }

    [Fact]
    public void What_is_retained_is_no_exact_match_of_its_own_while_anything_else_is_owed()
    {
        OpenInstalment[] items = [Item("a", "I-1", 90), Item("a", "I-2", 10), Item("a", "I-1", 10, 2) with { DueDate = RetentionTerms.NoDueDate }];
        var exact = Match(10, [], known: [Known("a", FoundBy.Iban, items)]);
        (Best(exact), exact.IsAmbiguous).ShouldBe(("a 0.95 Iban,ExactAmount I-2/1=10", false));
        Match(10, [], known: [Known("a", FoundBy.Iban, [items[0], items[2]])]).Suggestions.ShouldHaveSingleItem().Allocations.ShouldBeNull();
        Best(Match(110, [], known: [Known("a", FoundBy.Iban, items)])).ShouldBe("a 0.92 Iban,OldestFirst I-1/1=90 I-2/1=10 I-1/2=10");
        Best(Match(10, [], known: [Known("a", FoundBy.Iban, [items[2]])])).ShouldBe("a 0.95 Iban,ExactAmount I-1/2=10");
    }

    [Fact]
    public void Several_invoices_named_are_paid_when_they_sum_up()
    {
        OpenInstalment[] items = [Item("a", "INV-1001", 100), Item("a", "INV-1002", 50), Item("a", "INV-1003", 7)];
        Best(Match(157, items, "INV-1001, INV-1002 and INV-1003")).ShouldBe("a 0.97 InvoiceNumber,ExactAmount INV-1001/1=100 INV-1002/1=50 INV-1003/1=7");
        Best(Match(150, items, "INV-1001 INV-1003")).ShouldBe("a 0.75 InvoiceNumber,OverPayment INV-1001/1=100 INV-1003/1=7");
        Best(Match(40, items, "INV-1001")).ShouldBe("a 0.85 InvoiceNumber,PartPayment INV-1001/1=40");
    }

    [Fact]
    public void An_instalment_of_a_named_invoice_is_exact()
    {
        OpenInstalment[] items = [Item("a", "INV-1001", 100), Item("a", "INV-1001", 100, 2), Item("a", "INV-1001", 100, 3)];
        Best(Match(200, items, "INV-1001")).ShouldBe("a 0.97 InvoiceNumber,ExactAmount INV-1001/1=100 INV-1001/2=100");
    }

    [Fact]
    public void Two_customers_with_one_number_are_told_apart_by_who_pays_and_by_nothing_else()
    {
        OpenInstalment[] items = [Item("a", "INV-1001", 100, name: "Alpha"), Item("b", "INV-1001", 90, name: "Beta")];
        Match(100, items, "INV-1001").IsAmbiguous.ShouldBeTrue();
        var named = Match(90, items, "INV-1001", party: "BETA");
        (named.IsAmbiguous, named.Suggestions[0].Account.Value, named.Suggestions[0].Confidence).ShouldBe((false, "b", 0.99m));
        var linked = Match(100, items, "INV-1001", known: [Known("a", FoundBy.Iban)]);
        (linked.IsAmbiguous, linked.Suggestions[0].Account.Value).ShouldBe((false, "a"));
        Match(100, items, "INV-1001", known: [Known("a", FoundBy.Iban), Known("b", FoundBy.Iban)]).IsAmbiguous.ShouldBeTrue();
    }

    [Fact]
    public void Of_two_numbers_that_differ_in_punctuation_alone_the_one_that_is_written_is_meant_else_neither()
    {
        OpenInstalment[] items = [Item("a", "RE-1/23", 100), Item("a", "RE-12/3", 100), Item("b", "RE-1-23", 100)];
        Best(Match(100, items, "Invoice re-12/3, thanks")).ShouldBe("a 0.97 InvoiceNumber,ExactAmount RE-12/3/1=100");
        Best(Match(100, items, "RE-1-23")).ShouldBe("b 0.97 InvoiceNumber,ExactAmount RE-1-23/1=100");
        Best(Match(200, items, "RE-1/23 RE-12/3")).ShouldBe("a 0.97 InvoiceNumber,ExactAmount RE-1/23/1=100 RE-12/3/1=100");
        Match(100, items[..2], "RE 123").IsAmbiguous.ShouldBeTrue();
        Match(200, items[..2], "RE 123").IsAmbiguous.ShouldBeTrue();
        Best(Match(100, items[..1], "RE 123")).ShouldBe("a 0.97 InvoiceNumber,ExactAmount RE-1/23/1=100");
    }

    [Fact]
    public void Each_of_several_structured_references_names_its_invoice()
    {
        OpenInstalment[] items = [Item("a", "INV-1001", 100), Item("a", "539007547034", 50)];
        Best(Match(150, items, structured: "INV-1001; RF18539007547034")).ShouldBe("a 0.99 StructuredReference,ExactAmount 539007547034/1=50 INV-1001/1=100");
    }

    [Fact]
    public void The_time_for_a_payment_is_one_however_many_customers_are_searched()
    {
        var time = new Ticking(TimeSpan.FromMilliseconds(20));
        OpenInstalment[] items = [.. Enumerable.Range(1, 400).Select(at => Item("x", $"{at}", 1_000_003 + (at * 7919 * 2), at))];
        var known = Enumerable.Range(0, 10).Select(at => Known($"c{at}", FoundBy.Iban, [.. items.Select(item => item with { Account = AccountId.Parse($"c{at}") })])).ToArray();
        new Matcher(new SetSearch(time)).Match(
            new ReceivedMoney(new Money(5_000_001, Euro), new PaymentText(null, null, null, null, null)), new MatchCandidates([], known, [])).IsAmbiguous.ShouldBeTrue();
        time.Looks.ShouldBeLessThan(20);
    }

    [Fact]
    public void A_year_in_the_text_is_no_invoice_beside_one_and_weak_alone()
    {
        OpenInstalment[] items = [Item("a", "INV-1001", 100), Item("b", "2026", 100)];
        var beside = Match(100, items, "INV-1001 of 2026");
        (beside.IsAmbiguous, beside.Suggestions.Count, beside.Suggestions[0].Account.Value).ShouldBe((false, 1, "a"));
        Match(100, [Item("b", "2026", 100)], "rent 2026").Suggestions[0].Confidence.ShouldBe(0.82m);

        // Nor does it post itself because the payer is known.
        Match(100, [Item("b", "2026", 100)], "rent 2026", known: [Known("b", FoundBy.Iban)]).Suggestions[0].Confidence.ShouldBe(0.87m);
    }

    [Fact]
    public void A_known_bank_account_needs_an_amount_that_fits_once()
    {
        OpenInstalment[] same = [Item("a", "1", 60), Item("a", "2", 60), Item("a", "3", 60)];
        var thrice = Match(60, [], known: [Known("a", FoundBy.Iban, same)]);
        (thrice.IsAmbiguous, thrice.Suggestions.Count).ShouldBe((true, 3));
        Best(Match(120, [], known: [Known("a", FoundBy.Iban, same)])).ShouldBe("a 0.92 Iban,OldestFirst 1/1=60 2/1=60");

        OpenInstalment[] different = [Item("a", "1", 10), Item("a", "2", 20), Item("a", "3", 40), Item("a", "4", 80)];
        Best(Match(40, [], known: [Known("a", FoundBy.Iban, different)])).ShouldBe("a 0.95 Iban,ExactAmount 3/1=40");
        Best(Match(100, [], known: [Known("a", FoundBy.Iban, different)])).ShouldBe("a 0.90 Iban,InvoiceSet 2/1=20 4/1=80");
        Best(Match(35, [], known: [Known("a", FoundBy.Iban, different)])).ShouldBe("a 0.55 Iban *");
        Match(70, [], known: [Known("a", FoundBy.Iban, [Item("a", "1", 11), Item("a", "2", 30), Item("a", "3", 40), Item("a", "4", 35), Item("a", "5", 35)])])
            .IsAmbiguous.ShouldBeTrue();
        Match(40, [], known: [Known("a", FoundBy.Iban, different), Known("b", FoundBy.Iban, [Item("b", "9", 40)])]).IsAmbiguous.ShouldBeTrue();
    }

    [Fact]
    public void Where_vat_is_settled_for_itself_gross_is_tried_before_net_and_net_before_vat()
    {
        OpenInstalment[] items = [Item("a", "INV-1001", 118) with { Vat = 18 }, Item("a", "INV-1002", 100), Item("a", "INV-1003", 59) with { Vat = 9 }];
        Best(Match(100, items, "INV-1001")).ShouldBe("a 0.95 InvoiceNumber,NetAmount INV-1001/1=100");
        Best(Match(18, items, "INV-1001")).ShouldBe("a 0.95 InvoiceNumber,VatAmount INV-1001/1=18");
        Match(18, items, "INV-1001").Suggestions[0].Allocations!.ShouldHaveSingleItem().Part.ShouldBe(ItemPart.Vat);
        Best(Match(27, items, "INV-1001 INV-1003")).ShouldBe("a 0.95 InvoiceNumber,VatAmount INV-1001/1=18 INV-1003/1=9");
        Best(Match(30, items, "INV-1001")).ShouldBe("a 0.85 InvoiceNumber,PartPayment INV-1001/1=30");
        Best(Match(100, [], known: [Known("a", FoundBy.Iban, items)])).ShouldBe("a 0.95 Iban,ExactAmount INV-1002/1=100");
        Best(Match(50, [], known: [Known("a", FoundBy.Iban, items)])).ShouldBe("a 0.93 Iban,NetAmount INV-1003/1=50");
        Match(18, [], known: [Known("a", FoundBy.Iban, [items[0], items[0] with { Instalment = 2 }])]).IsAmbiguous.ShouldBeTrue();
        Best(Match(9, [], same: [items[2]])).ShouldBe("a 0.60 VatAmount INV-1003/1=9");
        Match(9, [], same: [items[2]]).Suggestions[0].Id.ShouldNotBe(Match(9, [], same: [items[2] with { Open = 9, Vat = 0 }]).Suggestions[0].Id);
    }

    [Fact]
    public void A_name_or_an_amount_alone_is_a_suggestion()
    {
        Best(Match(40, [], party: "Alpha Ltd", known: [Known("a", FoundBy.Name, [Item("a", "1", 40)], "Alpha")])).ShouldBe("a 0.85 Name,ExactAmount 1/1=40");
        Best(Match(40, [], same: [Item("a", "1", 40)])).ShouldBe("a 0.60 ExactAmount 1/1=40");
        Match(40, [], same: [Item("a", "1", 40), Item("b", "1", 40)]).IsAmbiguous.ShouldBeTrue();
        Match(40, []).Suggestions.ShouldBeEmpty();
    }

    /// <summary>Whatever is drawn: no suggestion pays more than the payment or more than is open, and what is certain pays exactly.</summary>
    [Fact]
    public void Drawn_payments_are_never_matched_beyond_what_is_there()
    {
        for (var seed = 0; seed < 3000; seed++)
        {
            var random = new Random(seed);
            var items = Enumerable.Range(0, random.Next(1, 12)).Select(index => Item($"c{random.Next(3)}", $"INV-{100 + random.Next(8)}", random.Next(1, 40), index + 1)).ToArray();
            var amount = random.Next(1, 120);
            var text = string.Join(' ', Enumerable.Range(0, random.Next(4)).Select(_ => $"INV-{100 + random.Next(10)}"));
            var known = items.GroupBy(item => item.Account.Value).Where(_ => random.Next(3) == 0).Select(group => Known(group.Key, (FoundBy)random.Next(3), [.. group])).ToArray();
            var result = Match(amount, items, text, known: known, same: [.. items.Where(item => item.Open == amount)], isNamed: item => text.Split(' ').Contains(item.Number.Value));
            foreach (var suggestion in result.Suggestions)
            {
                var paid = suggestion.Allocations?.Sum(allocation => allocation.Amount) ?? 0;
                paid.ShouldBeLessThanOrEqualTo(amount, $"seed {seed}");
                foreach (var allocation in suggestion.Allocations ?? [])
                {
                    allocation.Amount.ShouldBeLessThanOrEqualTo(
                        items.Single(item => item.Account == suggestion.Account && item.Number == allocation.Invoice && item.Instalment == allocation.Instalment).Open, $"seed {seed}");
                }

                if (suggestion.Confidence >= 0.9m)
                {
                    paid.ShouldBe(amount, $"seed {seed}");
                }
            }

            result.Suggestions.Select(suggestion => suggestion.Confidence).ShouldBe(result.Suggestions.Select(suggestion => suggestion.Confidence).OrderDescending(), $"seed {seed}");
        }
    }

    private static OpenInstalment Item(string account, string number, long open, int instalment = 1, string? name = null) => new(
        AccountId.Parse(account), name, DocumentNumber.Parse(number), instalment, new DateOnly(2026, 1, 1), new DateOnly(2026, 1, 1).AddDays(instalment), open);

    private static KnownCustomer Known(string account, FoundBy by, IReadOnlyList<OpenInstalment>? items = null, string? name = null) =>
        new(AccountId.Parse(account), name, by, items ?? []);

    private static string Best(MatchResult result)
    {
        result.IsAmbiguous.ShouldBeFalse();
        var best = result.Suggestions[0];
        var pays = best.Allocations is null ? "*" : string.Join(' ', best.Allocations.Select(one => $"{one.Invoice}/{one.Instalment}={one.Amount}"));
        return FormattableString.Invariant($"{best.Account} {best.Confidence:0.00} {string.Join(',', best.Evidence)} {pays}");
    }

    private MatchResult Match(
        long amount, OpenInstalment[] items, string? text = null, string? structured = null, string? party = null, KnownCustomer[]? known = null, OpenInstalment[]? same = null,
        Func<OpenInstalment, bool>? isNamed = null)
    {
        var byKey = items.Where(isNamed ?? (_ => true)).ToLookup(item => SearchKey.Of(item.Number.Value));
        var named = NamedNumbers.In(structured, [text]).SelectMany(number => byKey[number.Key], (number, item) => (number, item)).ToList();
        return matcher.Match(
            new ReceivedMoney(new Money(amount, Euro), new PaymentText(null, party, null, text, structured)), new MatchCandidates(named, known ?? [], same ?? []));
    }

    /// <summary>Each look at it is a step later.</summary>
    private sealed class Ticking(TimeSpan step) : TimeProvider
    {
        public int Looks { get; private set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => ++Looks * step.Ticks;
    }
}
