using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain.Decisions;
using ArCredit.Accounts.Domain.Policies;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Domain;

/// <summary>Master data and limits.</summary>
public sealed partial class Account
{
    /// <summary>Warning: a temporary limit is below the permanent one and wins all the same.</summary>
    public const string TemporaryBelowPermanent = "TEMPORARY_LIMIT_BELOW_PERMANENT";

    /// <summary>
    /// Warning: the limit that holds today, or will once a temporary one has ended, was lowered below what the customer owes
    /// already; only new credit stops.
    /// </summary>
    public const string LimitBelowExposure = "LIMIT_BELOW_EXPOSURE";

    private Verdict DecidePut(PutAccount command, DecisionContext context)
    {
        if (context.Reference.FindCompany(command.Master.Company) is not { } company)
        {
            return new Verdict.Refuse(RefusalCode.CompanyUnknown, $"There is no company {command.Master.Company}.");
        }

        if (command.IfVersion is { } wanted && wanted != MasterVersion)
        {
            return new Verdict.Refuse(RefusalCode.VersionMismatch, $"The master data is at version {MasterVersion}, not {wanted}.");
        }

        if (Exists && Master.Company != command.Master.Company)
        {
            return new Verdict.Refuse(RefusalCode.CompanyFixed, $"The account belongs to company {Master.Company}.");
        }

        if (Exists && currencyFixed && !ReferenceEquals(Master.Currency, command.Master.Currency))
        {
            return new Verdict.Refuse(RefusalCode.CurrencyFixed, $"The account has documents in {Master.Currency}.");
        }

        var limits = command.Limits.Over(Limits);
        var otherCurrency = Exists && !ReferenceEquals(Master.Currency, command.Master.Currency);
        if (otherCurrency && KeptLimit(command.Limits, limits) is { } kept)
        {
            return new Verdict.Refuse(
                RefusalCode.LimitInOldCurrency, $"{kept} stands in {Master.Currency}: name it in {command.Master.Currency}, or null.");
        }

        // The same number in another currency is another limit.
        var changed = limits != Limits || (otherCurrency && (limits.CreditLimit is not null || limits.Temporary is not null));
        if (changed && !command.MayChangeLimits)
        {
            return new Verdict.Refuse(RefusalCode.LimitChangeForbidden, "Changing a limit needs the role credit-manager or admin.");
        }

        var warnings = new List<string>(0);
        if (limits.Temporary is { } temporary && (limits.Unlimited || temporary.Amount < limits.CreditLimit))
        {
            warnings.Add(TemporaryBelowPermanent);
        }

        if (Exists && LowersBelowExposure(command.Master, limits, company, context))
        {
            warnings.Add(LimitBelowExposure);
        }

        return new Verdict.Append(new AccountPut(
            MasterVersion + 1, command.Master, limits, command.Closed ?? Closed, command.Details.Reference, warnings));
    }

    // Whatever lowers it: a number, no number, a temporary limit, or a segment that gives less.
    private bool LowersBelowExposure(MasterData master, Limits limits, Company company, DecisionContext context)
    {
        var today = company.DateOf(context.Now);
        EffectiveLimit On(MasterData data, Limits own) => EffectiveLimit.Of(
            own, context.Reference.PolicyFor(company.Id, data.Segment), data.Currency,
            context.Reference.FindRate(company.Currency, data.Currency, today)?.Rate, today);

        bool Lowers(Limits before, Limits then) =>
            On(master, then).Amount is { } after && after < ExposureOn(today).Total && !(On(Master, before).Amount <= after);

        return Lowers(Limits, limits) || Lowers(Limits with { Temporary = null }, limits with { Temporary = null });
    }

    /// <summary>The field of an amount that stays because it is not named; null where none does.</summary>
    private static string? KeptLimit(LimitChanges named, Limits limits) =>
        limits.CreditLimit is not null && !named.CreditLimit.IsSet ? "creditLimit"
        : limits.Temporary is not null && !named.Temporary.IsSet ? "temporaryLimit"
        : null;
}
