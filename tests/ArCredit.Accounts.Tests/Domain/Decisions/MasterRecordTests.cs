using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain;
using ArCredit.Accounts.Domain.Decisions;
using ArCredit.Accounts.Domain.Policies;
using ArCredit.Kernel;
using Shouldly;
using Xunit;

namespace ArCredit.Accounts.Tests.Domain.Decisions;

/// <summary>PUT of an account.</summary>
public sealed class MasterRecordTests
{
    [Fact]
    public void A_PUT_without_limit_fields_keeps_every_limit()
    {
        var story = new AccountBuilder().WithLimit(100).WithTemporaryLimit(300, "2026-04-01", "2026-04-02").WithLimitExpiringOn("2026-12-31").Open();
        var before = story.Account.Limits;

        var put = story.Put(mayChangeLimits: false).ShouldAppend<AccountPut>();
        put.Limits.ShouldBe(before);
        put.MasterVersion.ShouldBe(2);
        story.Account.Limits.ShouldBe(before);
    }

    [Fact]
    public void A_limit_put_to_null_is_inherited_again()
    {
        var story = new AccountBuilder().WithLimit(0).WithPolicy(new CreditPolicy { CreditLimit = 500 }).Open();
        story.Check(1).ShouldBeDeclinedFor(RuleCodes.LimitExceeded);
        story.Put(LimitChanges.None with { CreditLimit = new(true, null) });
        story.Check(500).ShouldBeApproved();
    }

    [Fact]
    public void Naming_a_number_ends_unlimited_and_unlimited_ends_the_number()
    {
        var story = new AccountBuilder().Unlimited().Open();
        story.Put(LimitChanges.None with { CreditLimit = new(true, 5_00) });
        story.Account.Limits.ShouldBe(new Limits(5_00, false, null, null));
        story.Put(LimitChanges.None with { Unlimited = new(true, true) });
        story.Account.Limits.ShouldBe(new Limits(null, true, null, null));
        story.Put(LimitChanges.None with { Unlimited = new(true, null) });
        story.Account.Limits.ShouldBe(Limits.Inherited);
    }

    [Fact]
    public void Every_limit_field_can_be_cleared()
    {
        var story = new AccountBuilder().WithLimit(100).WithTemporaryLimit(300, "2026-04-01", "2026-04-02").WithLimitExpiringOn("2026-12-31").Open();
        story.Put(new LimitChanges(new(true, null), new(true, false), new(true, null), new(true, null)));
        story.Account.Limits.ShouldBe(Limits.Inherited);
    }

    [Fact]
    public void A_changed_limit_needs_the_right_and_an_unchanged_one_does_not()
    {
        var story = new AccountBuilder().WithLimit(100).Open();
        story.Put(LimitChanges.None with { CreditLimit = new(true, 100_00) }, mayChangeLimits: false).ShouldAppend<AccountPut>();
        story.Put(LimitChanges.None with { CreditLimit = new(true, 100_01) }, mayChangeLimits: false).ShouldRefuse(RefusalCode.LimitChangeForbidden);
    }

    [Fact]
    public void If_match_names_the_version_of_the_master_data_which_decisions_do_not_move()
    {
        var story = new AccountBuilder().WithLimit(100).Open();
        story.Reserve("R-1", 10);
        story.Put(ifVersion: 1).ShouldAppend<AccountPut>();
        story.Put(ifVersion: 1).ShouldRefuse(RefusalCode.VersionMismatch);
    }

    [Fact]
    public void The_currency_may_change_until_something_was_reserved_or_posted()
    {
        var story = new AccountBuilder().WithLimit(100).Open();
        story.Reserve("R-0", 1000).ShouldBeDeclinedFor(RuleCodes.LimitExceeded);
        var usd = story.Account.Master with { Currency = Currency.Parse("USD") };
        story.Put(LimitChanges.None with { CreditLimit = new(true, 100_00) }, master: usd).ShouldAppend<AccountPut>();
        story.Account.Master.Currency.Code.ShouldBe("USD");

        story.Reserve("R-1", 10, of: "USD").ShouldBeApproved();
        story.Release("R-1");
        story.Put(master: usd with { Currency = Currency.Parse("EUR") }).ShouldRefuse(RefusalCode.CurrencyFixed);
        story.Sleep().Put(master: usd with { Currency = Currency.Parse("EUR") }).ShouldRefuse(RefusalCode.CurrencyFixed);
    }

    [Fact]
    public void A_limit_that_is_not_named_never_becomes_the_same_number_in_another_currency()
    {
        var story = new AccountBuilder().In("JPY").WithLimit(10_000_000).WithTemporaryLimit(20_000_000, "2026-04-01", "2026-04-02").Open();
        var eur = story.Account.Master with { Currency = Currency.Parse("EUR") };
        story.Put(master: eur).ShouldRefuse(RefusalCode.LimitInOldCurrency);
        story.Put(LimitChanges.None with { CreditLimit = new(true, 60_000_00) }, master: eur).ShouldRefuse(RefusalCode.LimitInOldCurrency);
        story.Put(LimitChanges.None with { Temporary = new(true, null) }, master: eur).ShouldRefuse(RefusalCode.LimitInOldCurrency);
        story.Account.Master.Currency.Code.ShouldBe("JPY");

        story.Put(new LimitChanges(new(true, 60_000_00), default, new(true, null), default), master: eur).ShouldAppend<AccountPut>();
        story.Account.Limits.ShouldBe(new Limits(60_000_00, false, null, null));
    }

    [Fact]
    public void The_same_number_in_another_currency_is_a_changed_limit_and_needs_the_right()
    {
        var story = new AccountBuilder().In("JPY").WithLimit(10_000_000).Open();
        var eur = story.Account.Master with { Currency = Currency.Parse("EUR") };
        var same = LimitChanges.None with { CreditLimit = new(true, 10_000_000) };
        story.Put(same, master: eur, mayChangeLimits: false).ShouldRefuse(RefusalCode.LimitChangeForbidden);
        story.Put(same, master: eur).ShouldAppend<AccountPut>();

        var inherited = new AccountBuilder().Open();
        inherited.Put(master: eur with { Currency = Currency.Parse("USD") }, mayChangeLimits: false).ShouldAppend<AccountPut>();
    }

    [Fact]
    public void A_buyers_limit_holds_the_whole_document_also_after_a_part_of_it_was_invoiced()
    {
        var story = new AccountBuilder().WithLimit(1000).WithBuyer("aysel", limit: 100).Open();
        story.Reserve("R-1", 100, buyer: "aysel").ShouldBeApproved();
        story.Capture("R-1", "I-1", 60);
        var raised = story.Change("R-1", 160).ShouldAppend<CreditRefused>().Decision;
        raised.ShouldBeDeclinedFor(RuleCodes.BuyerNotAuthorised);
        raised.ShouldCompare(RuleCodes.BuyerNotAuthorised, 160m, 100m, "buyer");
    }

    [Fact]
    public void An_account_stays_with_its_company()
    {
        var story = new AccountBuilder().Open();
        story.Put(master: story.Account.Master with { Company = "nowhere" }).ShouldRefuse(RefusalCode.CompanyUnknown);
        story.Reference = new ReferenceBook(
            [.. story.Reference.Companies, new Company("other", Currency.Parse("EUR"), TimeZoneInfo.Utc)], [], []);
        story.Put(master: story.Account.Master with { Company = "other" }).ShouldRefuse(RefusalCode.CompanyFixed);
    }

    [Fact]
    public void Nothing_but_a_PUT_makes_an_account()
    {
        var story = new AccountStory(AccountBuilder.Start, new AccountBuilder().Open().Reference, Currency.Parse("EUR"));
        story.Ask(new CheckCredit(new Purchase(1m.In("EUR"), null, null, null), Checkpoint.Pos)).ShouldRefuse(RefusalCode.AccountNotFound);
        story.Pay("P-1", 1).ShouldRefuse(RefusalCode.AccountNotFound);
    }

    [Fact]
    public void Only_the_named_buyers_may_buy_within_their_limit_and_time()
    {
        var story = new AccountBuilder().WithLimit(1000).WithBuyer("aysel", limit: 100).WithBuyer("murad", validTo: "2026-03-02").Open();
        story.Check(100, buyer: "aysel").ShouldBeApproved();
        story.Check(150, paid: 50, buyer: "aysel").ShouldBeApproved();
        story.Check(100.01m, buyer: "aysel").ShouldCompare(RuleCodes.BuyerNotAuthorised, 100.01m, 100m, "buyer");
        story.Check(1, buyer: "nobody").ShouldCompare(RuleCodes.BuyerNotAuthorised, null, null, "account");
        story.Check(1).ShouldBeDeclinedFor(RuleCodes.BuyerNotAuthorised);

        story.Check(1000, buyer: "murad").ShouldBeApproved();
        story.AfterDays(1).Check(1, buyer: "murad").ShouldBeDeclinedFor(RuleCodes.BuyerNotAuthorised);
    }

    [Fact]
    public void The_billing_system_has_no_buyer()
    {
        var story = new AccountBuilder().WithLimit(1000).WithBuyer("aysel").Open();
        story.Check(1, checkpoint: Checkpoint.Invoice).ShouldBeApproved();
        story.Check(1, checkpoint: Checkpoint.Invoice, buyer: "nobody").ShouldBeDeclinedFor(RuleCodes.BuyerNotAuthorised);
    }

    [Fact]
    public void An_enforced_invoice_holds_each_buyer_to_what_captures_their_own_reservations()
    {
        var story = new AccountBuilder().WithLimit(1000).WithBuyer("aysel", limit: 100).WithBuyer("murad", limit: 100).WithBuyer("leyla", limit: 100).Open();
        story.Reserve("R-1", 80, buyer: "aysel").ShouldBeApproved();
        story.Reserve("R-2", 80, buyer: "murad").ShouldBeApproved();
        story.Reserve("R-3", 90, paid: 90, buyer: "leyla").ShouldBeApproved();

        // 160 of two buyers, 90 paid on the spot, and 150 that nobody reserved.
        CaptureRequest[] captures = [new("R-1".No(), 80_00, false), new("R-2".No(), 80_00, false), new("R-3".No(), 90_00, false)];
        var decision = story.Invoice("I-1", 400, enforce: true, captures: captures).ShouldAppend<InvoicePosted>().Decision.ShouldNotBeNull();
        decision.ShouldBeApproved();
        decision.Facts.BuyerParts.ShouldNotBeNull().Select(part => (part.BuyerId, part.Credit)).ShouldBe([("aysel", 80_00), ("murad", 80_00), ("leyla", 0)]);
        decision.Facts.BuyerId.ShouldBeNull();
        ReplayTests.Replay(decision, story.Reference).ShouldBe(ReplayTests.Bytes(decision));
    }

    [Fact]
    public void One_buyer_beyond_their_own_limit_or_time_stops_an_enforced_invoice()
    {
        var story = new AccountBuilder().WithLimit(1000).WithBuyer("aysel", limit: 100).WithBuyer("murad", limit: 100, validTo: "2026-03-02").Open();
        story.Reserve("R-1", 80, buyer: "aysel").ShouldBeApproved();
        story.Reserve("R-2", 80, buyer: "aysel").ShouldBeApproved();
        story.Reserve("R-3", 80, buyer: "murad").ShouldBeApproved();
        DecisionRecord Posted(decimal amount, params string[] ids) => story.Invoice(
            "I-1", amount, enforce: true, captures: [.. ids.Select(id => new CaptureRequest(id.No(), 80_00, false))])
            .ShouldAppend<CreditRefused>().Decision;

        var two = Posted(160, "R-1", "R-2");
        two.ShouldBeDeclinedFor(RuleCodes.BuyerNotAuthorised);
        two.ShouldCompare(RuleCodes.BuyerNotAuthorised, 160m, 100m, "buyer");
        two.Facts.BuyerId.ShouldBe("aysel");
        var both = Posted(240, "R-3", "R-1", "R-2");
        both.ShouldCompare(RuleCodes.BuyerNotAuthorised, 160m, 100m, "buyer");
        both.Reasons[0].Message.ShouldBe("Buyer aysel has more of the document than their limit allows: 160.00 against 100.00 EUR.");

        story.AfterDays(1);
        Posted(160, "R-1", "R-3").Reasons[0].Message.ShouldBe("Buyer murad had authority until 2026-03-02.");
        story.Put(master: story.Account.Master with { Buyers = [new Buyer("aysel", null, null)] });
        Posted(160, "R-1", "R-3").ShouldCompare(RuleCodes.BuyerNotAuthorised, null, null, "account");
        Posted(80, "R-3").Reasons[0].Message.ShouldBe("The buyer is not on the account's list.");
        story.Invoice("I-1", 300, enforce: true, captures: [new("R-1".No(), 80_00, false)]).ShouldAppend<InvoicePosted>().Decision!.ShouldBeApproved();
    }

    [Fact]
    public void A_reference_is_asked_for_where_the_account_says_so()
    {
        var story = new AccountBuilder().WithLimit(1000).AskingForReference().Open();
        story.Check(1).ShouldBeDeclinedFor(RuleCodes.ReferenceRequired);
        story.Check(1, reference: " ").ShouldBeDeclinedFor(RuleCodes.ReferenceRequired);
        story.Check(1, reference: "PO-7").ShouldBeApproved();
    }
}
