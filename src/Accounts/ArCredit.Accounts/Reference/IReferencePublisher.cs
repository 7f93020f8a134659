using ArCredit.Accounts.Domain.Policies;
using ArCredit.Platform.Time;

namespace ArCredit.Accounts.Reference;

/// <summary>Policies and rates for the host's own use, as their endpoints take them.</summary>
public interface IReferencePublisher
{
    /// <summary>Null when there is no company of that name.</summary>
    Company? FindCompany(string id);

    /// <summary>Publishes rates; pairs and days that are not named stay.</summary>
    Task PublishRatesAsync(IReadOnlyList<FxRate> rates, CancellationToken cancellation);

    /// <summary>Makes a policy the newest one of its scope (company:NAME, segment:NAME), unless it is already.</summary>
    Task PutPolicyAsync(string scope, CreditPolicy policy, string by, CancellationToken cancellation);
}

internal sealed class ReferencePublisher(ReferenceStore store, BusinessClock clock) : IReferencePublisher
{
    /// <inheritdoc/>
    public Company? FindCompany(string id) => store.Current.FindCompany(id);

    /// <inheritdoc/>
    public Task PublishRatesAsync(IReadOnlyList<FxRate> rates, CancellationToken cancellation) => store.WriteAsync(
        async session =>
        {
            var written = 0;
            foreach (var day in rates.GroupBy(rate => rate.Date))
            {
                written += await FxRateEndpoints.WriteAsync(session, day.Key, [.. day.Select(rate => new FxRateBody(rate.From, rate.To, rate.Rate))]);
            }

            return written;
        },
        cancellation);

    /// <inheritdoc/>
    public Task PutPolicyAsync(string scope, CreditPolicy policy, string by, CancellationToken cancellation) => store.WriteAsync(
        async session => await ReferenceTables.NewestPolicyAsync(session, scope) is { } newest && newest.Body == PolicyRow.Encode(policy)
            ? newest
            : await PolicyEndpoints.WriteAsync(session, scope, policy, clock.GetUtcNow(), by),
        cancellation);
}
