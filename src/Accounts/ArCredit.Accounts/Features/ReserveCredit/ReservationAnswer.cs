using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Features.Shared;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Features;

/// <summary>
/// The answer to a reservation or its change. Amount, paid, remaining, captured and delivered are in
/// <paramref name="Currency"/>; exposure, limit, available and the reasons' amounts in <paramref name="AccountCurrency"/>.
/// </summary>
/// <param name="ReservationId">Null when nothing was reserved and the caller named no id.</param>
/// <param name="Decision">Null when a change needed none.</param>
/// <param name="Status">Null when nothing was reserved.</param>
internal sealed record ReservationAnswer(
    DocumentNumber? ReservationId, DecisionOutcome? Decision, ReservationStatus? Status, IReadOnlyList<RuleReason> Reasons, Currency? AccountCurrency,
    decimal? ExposureAfter, decimal? Limit, string? LimitScope, decimal? Available, DateTimeOffset? ExpiresAt, string? DecisionId, long? PolicyVersion,
    Currency Currency, decimal Amount, decimal Paid, ReservationKind Kind, decimal? Remaining, decimal? Captured, decimal? Delivered,
    DateTimeOffset? CreatedAt, DateOnly? DeliveryDate, string? Buyer, string? Reference)
{
    /// <summary>A reservation that stands, with the decision that let it.</summary>
    public static ReservationAnswer Of(ReservationState state, DecisionRecord? decision)
    {
        var (currency, account) = (state.Currency, decision?.Facts.Currency);
        return new ReservationAnswer(
            state.Id, decision?.Outcome, state.Status, decision?.Reasons ?? [], account, InAccount(decision?.ExposureAfter, account),
            InAccount(decision?.Limit, account), decision?.LimitScope, InAccount(decision?.Available, account), state.ExpiresAt, decision?.Id,
            decision?.PolicyVersion, currency, Amounts.Of(state.Amount, currency), Amounts.Of(state.Paid, currency), state.Kind,
            Amounts.Of(state.Remaining, currency), Amounts.Of(state.Captured, currency), Amounts.Of(state.Delivered, currency), state.CreatedAt,
            state.DeliveryDate, state.Buyer, state.Reference);
    }

    /// <summary>What was asked for and not given; a reservation whose change was refused is shown as it stands.</summary>
    public static ReservationAnswer Of(CreditRefused refused)
    {
        if (refused.Standing is { } standing)
        {
            return Of(standing, refused.Decision);
        }

        var (decision, facts) = (refused.Decision, refused.Decision.Facts);
        var (currency, account) = (facts.DocumentCurrency, facts.Currency);
        return new ReservationAnswer(
            refused.ReservationId, decision.Outcome, null, decision.Reasons, account, Amounts.Of(decision.ExposureAfter, account),
            Amounts.Of(decision.Limit, account), decision.LimitScope, Amounts.Of(decision.Available, account), null, decision.Id,
            decision.PolicyVersion, currency, Amounts.Of(facts.Amount, currency), Amounts.Of(facts.Paid, currency), KindOf(facts.Checkpoint),
            null, null, null, null, null, facts.BuyerId, facts.Reference);
    }

    private static decimal? InAccount(long? minor, Currency? account) => account is null ? null : Amounts.Of(minor, account);

    private static ReservationKind KindOf(Checkpoint checkpoint) => checkpoint switch
    {
        Checkpoint.Pos => ReservationKind.Pos,
        Checkpoint.Order => ReservationKind.Order,
        Checkpoint.Delivery => ReservationKind.Delivery,
        Checkpoint.Invoice => throw new InvariantException("A reservation is never decided at the invoice."),
    };
}
