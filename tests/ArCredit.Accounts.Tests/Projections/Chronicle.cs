using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain;
using ArCredit.Accounts.Journal;
using ArCredit.Accounts.Tests.Domain;
using ArCredit.Kernel;
using ArCredit.Platform.Journal;

namespace ArCredit.Accounts.Tests.Projections;

/// <summary>A story written down as journal rows, each with the instant at which it was told.</summary>
internal sealed class Chronicle(AccountStory story, string account = "C-1001")
{
    public AccountStory Story { get; } = story;

    public AccountId Account { get; } = AccountId.Parse(account);

    public List<JournalRow> Rows { get; } = [];

    /// <summary>Writes down what has happened since the last call.</summary>
    public Chronicle Note()
    {
        var fresh = Story.Journal.Events.Skip(Rows.Count).ToArray();
        for (var i = 0; i < fresh.Length; i++)
        {
            var (type, schema, payload) = EventCodec.Encode(fresh[i] with { Following = fresh.Length - 1 - i, By = "test" });
            Rows.Add(new JournalRow(account, Rows.Count + 1, type, schema, payload, new byte[32], Story.Now));
        }

        return this;
    }

    /// <summary>Does something and writes it down.</summary>
    public Chronicle Then(Action<AccountStory> happens)
    {
        happens(Story);
        return Note();
    }

    private static long Forgiven(IEnumerable<Allocation> lines) => lines.Sum(line => line.Taken - line.Amount - (line.WriteOff is null ? 0 : line.Amount));

    /// <summary>What the documents posted by a day and known by an instant did to the ledger, by currency, as a plain sum.</summary>
    public Dictionary<string, long> Sums(DateOnly? asOf, DateTimeOffset? knownAt)
    {
        var sums = new Dictionary<string, long>();
        foreach (var row in Rows.Where(row => knownAt is null || row.RecordedAt <= knownAt))
        {
            (DateOnly PostedOn, Currency Currency, long Amount)? effect = EventCodec.Decode(row.Type, row.Schema, row.Payload.Span) switch
            {
                InvoicePosted posted => (posted.PostedOn, posted.Currency, posted.Amount),
                CreditNotePosted note => (note.PostedOn, note.Currency, -note.Amount),
                PaymentReceived payment => (payment.PostedOn, payment.Currency, -payment.Amount - Forgiven(payment.Allocations)),
                PaymentReversed reversed => (
                    reversed.PostedOn, reversed.Currency, reversed.Unapplied + reversed.Allocations.Sum(line => line.Amount) + Forgiven(reversed.Allocations)),
                RefundBooked booked => (booked.PostedOn, booked.Refund.Currency, booked.Refund.Amount),
                RefundEnded { PostedOn: { } on } ended => (
                    on, ended.Refund.Currency,
                    -ended.Refund.Parts.Where(part => ended.Credits.Any(credit => credit.Kind == part.Kind && credit.Number == part.Number)).Sum(part => part.Amount)),
                DebitPosted debit => (debit.PostedOn, debit.Currency, debit.Amount),
                WrittenOff given => (given.PostedOn, given.Currency, -given.Amount),
                WriteOffReversed back => (back.PostedOn, back.Currency, back.Lines.Sum(line => line.Taken)),
                CreditAllocated allocated => (allocated.PostedOn, allocated.Credit.Currency, -Forgiven(allocated.Allocations)),
                AllocationUndone undone => (undone.PostedOn, undone.Credit.Currency, Forgiven(undone.Allocations)),
                _ => null,
            };
            if (effect is var (postedOn, currency, amount) && (asOf is null || postedOn <= asOf))
            {
                sums[currency.Code] = sums.GetValueOrDefault(currency.Code) + amount;
            }
        }

        return sums;
    }

    /// <summary>The account as it was at the end of a day; null before it existed.</summary>
    public Account? FoldedTo(DateOnly day)
    {
        var folded = new Account(Story.Account.Id);
        foreach (var row in Rows.Where(row => DateOnly.FromDateTime(row.RecordedAt.UtcDateTime) <= day))
        {
            folded.Apply(EventCodec.Decode(row.Type, row.Schema, row.Payload.Span));
        }

        return folded.Exists ? folded : null;
    }
}
