using System.Text.RegularExpressions;
using ArCredit.Banking.DirectDebits;
using ArCredit.Banking.Matching;
using ArCredit.Banking.Posting;
using ArCredit.Banking.Statements;
using ArCredit.Banking.Storage;
using ArCredit.Kernel;
using ArCredit.Platform.Data;

namespace ArCredit.Banking.MoneyOut;

/// <summary>What came in that may be money of a refund coming back.</summary>
/// <param name="Sure">Its own EndToEndId and exact amount, and nothing has come back of it yet; null = a person says.</param>
/// <param name="Suggestions">Refunds that it may be of, the likeliest first.</param>
internal sealed record MoneyBack(PaymentLine? Sure, IReadOnlyList<StoredSuggestion> Suggestions);

/// <summary>
/// Looks for the refund whose money came back: by our ids anywhere in the booking's texts, by the account that it was paid to, and where the
/// bank says that it is a return by the amount alone.
/// </summary>
internal sealed partial class RefundCandidates(IDatabase database)
{
    private const int MostSuggestions = 10;

    // Payees' banks send back within days; who pays the same amount months later is a customer.
    private const int MostDays = 60;

    private const string Near = "f.bank_account = @AccountId and f.currency = @Currency and l.amount between @Amount and @most and l.returned_as is null";
    private const string Lately = "f.execution_on >= @since and l.state in ('filed', 'sent', 'settled', 'returned')";

    public async Task<MoneyBack> FindAsync(StoredPayment payment, CancellationToken cancellation)
    {
        var ids = CollectionBookings.IdsOf(payment).Where(CollectionBookings.IsOurs).ToArray();
        var ibans = IbansOf(payment);
        if (ids.Length == 0 && ibans.Length == 0 && payment.ComesBack == 0)
        {
            return new MoneyBack(null, []);
        }

        await using var session = await database.OpenReadAsync(cancellation);
        var key = payment.Key.ToString();
        var found = new List<(PaymentLine Line, StoredSuggestion Suggestion)>();
        async Task SearchAsync(string condition, Evidence evidence, int exact, int less)
        {
            var parameters = new
            {
                payment.AccountId,
                payment.Currency,
                payment.Amount,
                most = payment.Amount + CollectionBookings.MostChargesOf(payment.Money.Currency),
                since = payment.BookedOn.AddDays(-MostDays),
                ids,
                ibans,
                key,
            };
            foreach (var line in await PaymentFileStore.LinesWhereAsync(session, condition, parameters, cancellation))
            {
                if (found.Count < MostSuggestions && found.TrueForAll(each => each.Line.EndToEndId != line.EndToEndId))
                {
                    found.Add((line, Suggest(line, payment, evidence, (line.Amount == payment.Amount ? exact : less) / 100m)));
                }
            }
        }

        if (ids.Length > 0)
        {
            var named = $"l.end_to_end_id {KnownEntries.OneOf(session, "ids")} and f.bank_account = @AccountId and f.currency = @Currency";
            await SearchAsync($"{named} and l.amount >= @Amount and coalesce(l.returned_as, @key) = @key", Evidence.EndToEndId, 95, 90);
            await SearchAsync($"l.message_id {KnownEntries.OneOf(session, "ids")} and {Near}", Evidence.PaymentFile, 85, 75);
        }

        if (ibans.Length > 0)
        {
            await SearchAsync($"p.iban {KnownEntries.OneOf(session, "ibans")} and {Near} and {Lately}", Evidence.PayeeAccount, 85, 75);
        }

        if (payment.ComesBack == 1 && found.Count == 0)
        {
            await SearchAsync($"{Near} and f.execution_on >= @since", Evidence.ReturnReason, 60, 50);
        }

        var own = payment.EndToEndId is { } endToEnd ? CollectionBookings.AsWritten(endToEnd) : null;
        var sure = found.Find(each => each.Line.EndToEndId == own && each.Line.Amount == payment.Amount).Line;
        return new MoneyBack(
            payment.ByHand == 0 && sure is not null && PaymentOutcome.Standing(sure) != LineState.Rejected ? sure : null,
            [.. found.Select(each => each.Suggestion).OrderByDescending(each => each.Confidence)]);
    }

    /// <summary>A refund as a payment may be matched with it.</summary>
    public static StoredSuggestion Suggest(PaymentLine line, StoredPayment payment, Evidence evidence, decimal confidence)
    {
        var charges = line.Amount - payment.Amount;
        return new StoredSuggestion(
            line.EndToEndId, AccountId.Parse(line.AccountId), payment.Party, confidence, [evidence, charges == 0 ? Evidence.ExactAmount : Evidence.LessCharges], null, null,
            new StoredRefund(line.RefundId, line.EndToEndId, Money.ToDecimal(line.Amount, payment.Money.Currency), Money.ToDecimal(charges, payment.Money.Currency)));
    }

    // Of what comes back the bank may name the other side in the text only.
    private static string[] IbansOf(StoredPayment payment) =>
        [.. new[] { payment.PartyAccount }.Concat(IbanInText().Matches(payment.Remittance ?? string.Empty).Select(match => match.Value))
            .Select(Iban.From).OfType<string>().Distinct(StringComparer.Ordinal).Take(MostSuggestions)];

    [GeneratedRegex(@"\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{2,4}){3,8}\b", RegexOptions.CultureInvariant)]
    private static partial Regex IbanInText();
}
