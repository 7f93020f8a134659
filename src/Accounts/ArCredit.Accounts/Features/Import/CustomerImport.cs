using System.Text.Json;
using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Journal;
using ArCredit.Kernel;
using ArCredit.Platform.Journal;

namespace ArCredit.Accounts.Features.Import;

/// <summary>Customers have no document number: a line is compared with what the account holds, and equal data appends nothing.</summary>
internal sealed class CustomerImport(IAccounts accounts, IJournalReader journal)
{
    // Somebody changes the same customer between our look and our turn; more than a few times in a row is no coincidence.
    private const int MaxAttempts = 10;

    /// <summary>Creates the customer, leaves an equal one alone, and replaces another one only when asked to.</summary>
    public async Task<ImportedLine> PutAsync(
        long line, string? id, AccountId account, PutAccount put, AskOptions options, bool replace, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            var view = await accounts.ReadAsync(account, cancellation);
            if (view is not null && await IsSameAsync(view, put, cancellation))
            {
                return new ImportedLine(line, id, ImportOutcome.Unchanged);
            }

            if (view is not null && !replace)
            {
                return new ImportedLine(
                    line, id, ImportOutcome.Conflict,
                    new ImportError("CUSTOMER_EXISTS", "The customer exists with other master data, which stays; existing=replace replaces it."));
            }

            var answer = await accounts.AskAsync(account, put with { IfVersion = view?.MasterVersion ?? 0 }, options, cancellation);
            if (answer is not Answer.Refused { Code: RefusalCode.VersionMismatch } || attempt == MaxAttempts)
            {
                return ImportAnswers.Of(line, id, answer, replaced: view is not null);
            }
        }
    }

    private async Task<bool> IsSameAsync(AccountView view, PutAccount put, CancellationToken cancellation)
    {
        if (put.Limits.Over(view.Limits) != view.Limits || (put.Closed ?? view.Closed) != view.Closed
            || !SaySame(JsonSerializer.Serialize(put.Master, EventCodec.Options), JsonSerializer.Serialize(view.Master, EventCodec.Options)))
        {
            return false;
        }

        var texts = await journal.ReadTextsAsync(view.Id.Value, [view.Details.Id], cancellation);
        return texts.TryGetValue(view.Details.Id, out var details) && SaySame(put.Details.Body, details.Body);
    }

    // Lists inside the records would compare by reference, and bytes would part 2 from the 2.0 that another export writes.
    private static bool SaySame(string one, string other)
    {
        if (one == other)
        {
            return true;
        }

        using var first = JsonDocument.Parse(one);
        using var second = JsonDocument.Parse(other);
        return JsonElement.DeepEquals(first.RootElement, second.RootElement);
    }
}
