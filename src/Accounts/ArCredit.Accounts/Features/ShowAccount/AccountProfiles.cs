using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Features.Shared;
using ArCredit.Kernel;
using ArCredit.Platform.Http;
using ArCredit.Platform.Journal;
using Microsoft.AspNetCore.Http;

namespace ArCredit.Accounts.Features;

/// <summary>Puts together what the account holds and what is kept beside the journal.</summary>
internal sealed class AccountProfiles(IAccounts accounts, IJournalReader journal)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);

    /// <summary>Answers with the live profile, or 404.</summary>
    public async Task RespondAsync(HttpContext http, AccountId account, int status, IReadOnlyList<string>? warnings)
    {
        if (await ReadAsync(account, http.RequestAborted) is not { } view)
        {
            await RefusalMapping.ToProblem(new Answer.Refused(RefusalCode.AccountNotFound, $"There is no account {account}.")).ExecuteAsync(http);
            return;
        }

        Guid[] ids = [view.Details.Id, .. view.Blocks.Select(block => block.Reason.Id)];
        var texts = await journal.ReadTextsAsync(account.Value, ids, http.RequestAborted);
        ETags.Set(http, view.MasterVersion);
        await Reply.Json(http, status, Show(view, texts, warnings));
    }

    // What was written before the profile is shown stands: that "nothing was done" would be untrue of it.
    private async Task<AccountView?> ReadAsync(AccountId account, CancellationToken cancellation)
    {
        try
        {
            return await accounts.ReadAsync(account, cancellation);
        }
        catch (Exception late) when (late is AccountBusyException or OutcomeUnknownException)
        {
            throw new ServiceUnavailableException("READS_BEHIND", RetryAfter, cause: late);
        }
    }

    private static AccountProfile Show(AccountView view, IReadOnlyDictionary<Guid, ErasableText> texts, IReadOnlyList<string>? warnings)
    {
        var (master, limits, currency) = (view.Master, view.Limits, view.Master.Currency);
        var details = AccountDetails.Parse(texts.GetValueOrDefault(view.Details.Id)?.Body);
        return new AccountProfile(
            view.Id, details.Name, currency, master.Company, master.Segment, details.Region, details.Department, details.Industry, details.Country,
            master.ParentId, master.GroupLimit is { } group ? new MoneyBody(group.Amount, group.Currency) : null, master.ExemptFromGroup,
            details.Collector, details.Language, details.TimeZone, details.TaxId, PaymentTermsBody.Of(master.PaymentTerms), details.InvoicingCycle,
            master.InterestRate, Amounts.Of(limits.CreditLimit, currency), limits.Unlimited,
            limits.Temporary is { } temporary ? new TemporaryLimitBody(Amounts.Of(temporary.Amount, currency), temporary.From, temporary.To) : null,
            limits.ExpiresOn, master.ReferenceRequired, [.. master.Buyers.Select(buyer => Show(buyer, details, currency))], details.Contacts ?? [],
            details.ExternalIds ?? new Dictionary<string, string>(), Amounts.Of(view.Balance, currency), Amounts.Of(view.WrittenOff, currency), Amounts.Of(view.Disputed, currency),
            Amounts.Of(view.InPlans, currency),
            Amounts.Of(view.Earmarked, currency), Amounts.Of(view.Retained, currency),
            ExposureShown.Of(view.Exposure, currency), Amounts.Of(view.Limit, currency), view.LimitScope, view.LimitRateMissing,
            Amounts.Of(view.Available, currency),
            view.Utilization is { } used ? decimal.Round(used, 6, MidpointRounding.ToEven) : null,
            new OverdueShown(Amounts.Of(view.Overdue.Amount, currency), view.OverdueDays), StatusOf(view),
            [.. view.Blocks.Select(block => new BlockShown(block.Name, texts.GetValueOrDefault(block.Reason.Id)?.Body, block.AllSales))],
            Risk: null, DunningLevel: null, view.MasterVersion, warnings, details.EndpointIds ?? [], details.Address);
    }

    private static BuyerBody Show(Buyer buyer, AccountDetails details, Currency currency) =>
        new(buyer.Id, details.BuyerNames?.GetValueOrDefault(buyer.Id), Amounts.Of(buyer.Limit, currency), buyer.ValidTo);

    private static AccountStatus StatusOf(AccountView view) =>
        view.Closed ? AccountStatus.Closed : view.Blocks.Count > 0 ? AccountStatus.Blocked : AccountStatus.Active;
}
