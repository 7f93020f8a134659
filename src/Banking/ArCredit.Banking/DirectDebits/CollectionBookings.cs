using System.Text.RegularExpressions;
using ArCredit.Accounts.Contracts;
using ArCredit.Banking.Posting;
using ArCredit.Banking.Storage;
using ArCredit.Platform.Data;
using Dapper;

namespace ArCredit.Banking.DirectDebits;

/// <summary>
/// Bookings of statements that are our own collections: a credit by file, block or collection is money that accounts have already, and is
/// set aside; a debit under a collection's id is its return.
/// </summary>
internal sealed partial class CollectionBookings(IDatabase database, CollectionStore store, TimeProvider technical)
{
    /// <summary>Reasons: the collections' own credit, one that is not as it should be, a return, and one with charges of banks on top.</summary>
    public const string Credit = "DIRECT_DEBIT", Unclear = "DIRECT_DEBIT_UNCLEAR", Return = "DIRECT_DEBIT_RETURN", ReturnAndCharges = "DIRECT_DEBIT_RETURN_WITH_CHARGES";

    /// <summary>The payment as it is decided; null = it is none of ours, and matched like any other.</summary>
    public async Task<StoredPayment?> DecideAsync(StoredPayment payment, CancellationToken cancellation)
    {
        var ids = IdsOf(payment);
        if (ids.Count == 0 || payment is { ByHand: 1, Attempt: > 0 })
        {
            return null;
        }

        await using var session = await database.BeginWriteAsync(cancellation);
        var decided = await DecideAsync(session, payment, ids, cancellation);
        await session.CommitAsync(cancellation);
        return decided;
    }

    private async Task<StoredPayment?> DecideAsync(DbSession session, StoredPayment payment, IReadOnlyList<string> ids, CancellationToken cancellation)
    {
        foreach (var id in ids)
        {
            var own = await CollectionStore.WhereAsync(
                session,
                """
                c.collection_id = @id and c.currency = @Currency
                 and c.message_id in (select f.message_id from payment_file f where f.bank_account = @AccountId)
                """,
                new { id, payment.Currency, payment.AccountId }, cancellation);
            if (own is [var collection])
            {
                return collection.Is(CollectionState.Cancelled) ? Differs(payment)
                    : payment.IsReturn == 1 ? await ReturnAsync(session, payment, collection)
                    : await CreditAsync(
                        session, payment, collection.MessageId!, collection.Amount, "collection", "collection_id = @id", new { id, key = payment.Key.ToString() });
            }

            if (payment.IsReturn == 0 && await SumAsync(session, payment, id, cancellation) is { } sum)
            {
                return sum;
            }
        }

        return null;
    }

    /// <summary>A block, or a file of one block, as one sum; the bank may have left out what it rejected.</summary>
    private async Task<StoredPayment?> SumAsync(DbSession session, StoredPayment payment, string id, CancellationToken cancellation)
    {
        var messageId = id.Length > MessageIdLength ? id[..MessageIdLength] : id;
        if (await MoneyOut.PaymentFileStore.FindAsync(session, messageId) is not { } file || file.Format != DirectDebitFile.Format || file.BankAccount != payment.AccountId)
        {
            return null;
        }

        var blocks = await CollectionStore.BlocksAsync(session, messageId);
        var named = id.Length > MessageIdLength ? blocks.Where(block => block.PaymentId == id).ToList() : [.. blocks];
        var collections = await CollectionStore.WhereAsync(session, "c.message_id = @messageId and c.state <> 'cancelled'", new { messageId }, cancellation);
        foreach (var block in named)
        {
            var ofBlock = collections.Where(collection => collection.Block == block.Block).ToList();
            long[] sums = [ofBlock.Sum(collection => collection.Amount), ofBlock.Where(collection => !collection.Is(CollectionState.Rejected)).Sum(collection => collection.Amount)];
            if (sums.Contains(payment.Amount))
            {
                return await CreditAsync(
                    session, payment, messageId, payment.Amount, "collection_block", "message_id = @messageId and block = @Block",
                    new { messageId, block.Block, key = payment.Key.ToString() });
            }
        }

        return Differs(payment);
    }

    // Each is credited once; a second booking of the same is for a person.
    private async Task<StoredPayment> CreditAsync(
        DbSession session, StoredPayment payment, string messageId, long amount, string table, string which, object parameters)
    {
        if (payment.Amount != amount || await session.Connection.ExecuteAsync(
            $"update {table} set booked_as = @key where {which} and (booked_as is null or booked_as = @key)", parameters, session.Transaction) != 1)
        {
            return Differs(payment);
        }

        // Somebody sent it and did not say so: it cannot be withdrawn any more.
        await session.Connection.ExecuteAsync(
            "update payment_file set state = 'sent', sent_at = @now where message_id = @messageId and state = 'ready'",
            new { messageId, now = technical.GetUtcNow() }, session.Transaction);
        return payment with { State = PaymentState.SetAside, Reason = Credit, DecidedBy = CollectionSettlement.Caller };
    }

    private async Task<StoredPayment> ReturnAsync(DbSession session, StoredPayment payment, Collection collection)
    {
        // What is on top of it are charges of the banks, which are ours to bear.
        if (-payment.Amount < collection.Amount)
        {
            return Differs(payment);
        }

        var (reason, details) = await session.Connection.QueryFirstOrDefaultAsync<(string? Reason, string? Details)>(
            "select return_reason, details from bank_transaction where statement_id = @StatementId and no = @No", new { payment.StatementId, payment.No }, session.Transaction);
        var ofDetail = payment.Detail > 0 ? StoredDetail.Read(details)[(int)payment.Detail - 1].ReturnReason : null;
        await store.FailAsync(session, collection, ofDetail ?? reason, CollectionSettlement.Caller);
        return payment with
        {
            State = PaymentState.SetAside,
            Reason = -payment.Amount == collection.Amount ? Return : ReturnAndCharges,
            DecidedBy = CollectionSettlement.Caller,
        };
    }

    private static StoredPayment Differs(StoredPayment payment) => payment with { State = PaymentState.Waiting, Reason = Unclear };

    /// <summary>Everything in the booking's texts that has the form of our ids, as we write them.</summary>
    private static List<string> IdsOf(StoredPayment payment) =>
        [.. new[] { payment.EndToEndId, payment.StructuredReference, payment.BankReference, payment.Remittance }.OfType<string>()
            .SelectMany(text => OurId().Matches(text).Select(match => match.Value))
            .Select(id => id.StartsWith("ARC", StringComparison.OrdinalIgnoreCase) ? "ARC" + id[3..].ToLowerInvariant() : "DD" + id[2..].ToLowerInvariant())
            .Distinct(StringComparer.Ordinal).OrderByDescending(id => id.StartsWith("DD", StringComparison.Ordinal)).ThenByDescending(id => id.Length).Take(MaxIds)];

    private const int MessageIdLength = 25;
    private const int MaxIds = 10;

    /// <summary>True for the id of a file of ours, or of a block of it.</summary>
    public static bool IsOurs(string id) => OurId().Match(id) is { Success: true } match && match.Value == id && id.StartsWith("ARC", StringComparison.OrdinalIgnoreCase);

    // Some banks give references back in capitals.
    [GeneratedRegex(@"\b(?:ARC[0-9]{14}[0-9a-fA-F]{8}(?:-[0-9]{1,4})?|DD[0-9]{17}[0-9a-fA-F]{8}-[0-9]{1,4})\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex OurId();
}
