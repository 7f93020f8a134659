using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain.Policies;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Tests.Domain;

/// <summary>An account to be: amounts in major units, EUR and UTC unless said otherwise, no limit of its own.</summary>
internal sealed class AccountBuilder
{
    private readonly List<PolicyVersion> policies = [];
    private readonly List<FxRate> rates = [];
    private readonly List<Buyer> buyers = [];
    private string currency = "EUR";
    private string companyCurrency = "EUR";
    private string zone = "UTC";
    private string? segment;
    private PaymentTerms? terms;
    private bool referenceRequired;
    private decimal? interestRate;
    private bool splitVat;
    private LimitChanges limits = LimitChanges.None;

    /// <summary>Monday, 2 March 2026, 9:00 UTC.</summary>
    public static readonly DateTimeOffset Start = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);

    public AccountBuilder In(string accountCurrency, string? ofCompany = null)
    {
        (currency, companyCurrency) = (accountCurrency, ofCompany ?? accountCurrency);
        return this;
    }

    public AccountBuilder InZone(string ianaZone)
    {
        zone = ianaZone;
        return this;
    }

    public AccountBuilder OfSegment(string name)
    {
        segment = name;
        return this;
    }

    public AccountBuilder WithTerms(PaymentTerms agreed)
    {
        terms = agreed;
        return this;
    }

    public AccountBuilder WithLimit(decimal amount)
    {
        limits = limits with { CreditLimit = new(true, Minor(amount)) };
        return this;
    }

    public AccountBuilder Unlimited()
    {
        limits = limits with { Unlimited = new(true, true) };
        return this;
    }

    public AccountBuilder WithTemporaryLimit(decimal amount, string from, string to)
    {
        limits = limits with { Temporary = new(true, new TemporaryLimit(Minor(amount), from.Day(), to.Day())) };
        return this;
    }

    public AccountBuilder WithLimitExpiringOn(string day)
    {
        limits = limits with { ExpiresOn = new(true, day.Day()) };
        return this;
    }

    public AccountBuilder WithBuyer(string id, decimal? limit = null, string? validTo = null)
    {
        buyers.Add(new Buyer(id, limit is { } most ? Minor(most) : null, validTo is null ? null : validTo.Day()));
        return this;
    }

    public AccountBuilder SplittingVat()
    {
        splitVat = true;
        return this;
    }

    /// <summary>Per cent a year.</summary>
    public AccountBuilder WithInterestRate(decimal percent)
    {
        interestRate = percent;
        return this;
    }

    public AccountBuilder AskingForReference()
    {
        referenceRequired = true;
        return this;
    }

    public AccountBuilder WithPolicy(CreditPolicy company)
    {
        policies.Add(new PolicyVersion(policies.Count + 1, RuleScopes.Company(AccountStory.Company), company));
        return this;
    }

    public AccountBuilder WithSegmentPolicy(string name, CreditPolicy policy)
    {
        policies.Add(new PolicyVersion(policies.Count + 1, RuleScopes.Segment(name), policy));
        return OfSegment(name);
    }

    public AccountBuilder WithRate(string from, string to, string day, decimal rate)
    {
        rates.Add(new FxRate(Currency.Parse(from), Currency.Parse(to), day.Day(), rate));
        return this;
    }

    /// <summary>Opens the account at <see cref="Start"/>.</summary>
    public AccountStory Open()
    {
        var company = new Company(AccountStory.Company, Currency.Parse(companyCurrency), TimeZoneInfo.FindSystemTimeZoneById(zone)) { SplitVat = splitVat };
        var story = new AccountStory(Start, new ReferenceBook([company], policies, rates), Currency.Parse(currency));
        story.Ask(new PutAccount(
            new MasterData(Currency.Parse(currency), AccountStory.Company, segment, null, null, false, terms, referenceRequired, buyers, interestRate),
            limits, null, new FreeText("{}"), true, null)).ShouldAppend<AccountPut>();
        return story;
    }

    private long Minor(decimal amount) => amount.In(currency).Minor;
}
