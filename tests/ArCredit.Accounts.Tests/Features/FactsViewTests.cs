using System.Reflection;
using System.Text.Json.Serialization;
using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Features.Decisions;
using ArCredit.Accounts.Tests.Domain;
using ArCredit.Kernel;
using Shouldly;
using Xunit;

namespace ArCredit.Accounts.Tests.Features;

public sealed class FactsViewTests
{
    [Fact]
    public void Every_fact_is_shown()
    {
        // The account's currency stands beside the facts; the schema is the stored record's own.
        var facts = typeof(DecisionFacts).GetProperties()
            .Where(fact => fact.GetCustomAttribute<JsonIgnoreAttribute>() is null)
            .Select(fact => fact.Name)
            .Except([nameof(DecisionFacts.Currency), nameof(DecisionFacts.Schema)]);
        facts.Except(typeof(FactsView).GetProperties().Select(shown => shown.Name)).ShouldBeEmpty();
    }

    [Fact]
    public void What_each_buyer_has_of_an_invoice_is_shown_with_their_limit()
    {
        var facts = RandomFacts.Make(new Random(1)) with
        {
            Currency = Currency.Parse("EUR"),
            BuyerParts = [new BuyerPart("aysel", new Buyer("aysel", 500_00, null), 80_00), new BuyerPart("nobody", null, 1)],
        };

        FactsView.Of(facts).BuyerParts.ShouldBe([
            new FactsBuyerPart("aysel", new FactsBuyer("aysel", 500, null), 80), new FactsBuyerPart("nobody", null, 0.01m)]);
    }
}
