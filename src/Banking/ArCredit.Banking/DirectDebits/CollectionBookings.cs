using System.Text.RegularExpressions;
using ArCredit.Accounts.Contracts;
using ArCredit.Banking.Posting;
using ArCredit.Banking.Storage;
using ArCredit.Kernel;
using ArCredit.Platform.Data;
using Dapper;

namespace ArCredit.Banking.DirectDebits;

/// <summary>
/// Bookings of statements that are our own collections: a credit by file, block or collection is money that accounts have already, and is
/// set aside; a debit under a collection's id is its return.
/// </summary>
internal sealed partial class CollectionBookings(IDatabase database, CollectionStore store, MoneyOut.PaymentFileStore files, TimeProvider technical)
{
    /// <summary>Reasons: the collections' own credit, one that is not as it should be, a return, and one with charges of banks on top.</summary>
    public const string Credit = "DIRECT_DEBIT", Unclear = "DIRECT_DEBIT_UNCLEAR", Return = "DIRECT_DEBIT_RETURN", ReturnAndCharges = "DIRECT_DEBIT_RETURN_WITH_CHARGES";

    /// <summary>Whole units of a currency that banks take for sending money back; a booking that differs by more is not told by its id alone.</summary>
    private const long MostCharges = 20;

    /// <summary>The payment as it is decided; null = it is none of ours, and matched like any other.</summary>
    public async Task<StoredPayment?> DecideAsync(StoredPayment payment, CancellationToken cancellation)
    {
        var ids = IdsOf(payment);
        if (ids.Count == 0 || payment is { ByHand: 1, Attempt: > 0 })
        {
            return null;
        }

        // Reports and files are decided in turn with bookings: what is read here stands until it is written.
        await using var session = await database.BeginWriteAsync(cancellation);
        await MoneyOut.Turn.TakeAsync(session);
        var decided = await DecideAsync(session, payment, ids, cancellation);
        await session.CommitAsync(cancellation);
        return decided;
    }

    private async Task<StoredPayment?> DecideAsync(DbSession session, StoredPayment payment, IReadOnlyList<string> ids, CancellationToken cancellation)
    {
        var named = new List<Collection>();
        foreach (var id in ids)
        {
            named.AddRange(await CollectionStore.WhereAsync(
                session,
                """
                c.collection_id = @id and c.currency = @Currency
                 and c.message_id in (select f.message_id from payment_file f where f.bank_account = @AccountId)
                """,
                new { id, payment.Currency, payment.AccountId }, cancellation));
        }

        foreach (var messageId in named.Where(collection => !collection.Is(CollectionState.Cancelled)).Select(collection => collection.MessageId!).Distinct(StringComparer.Ordinal))
        {
            await files.WasSentAsync(session, messageId, technical.GetUtcNow(), cancellation);
        }

        // A booking of several is not told apart: what of it is whose, and what are charges, a person sees.
        if (named.Count > 0)
        {
            return named is not [var collection] || collection.Is(CollectionState.Cancelled) ? Differs(payment)
                : payment.IsReturn == 1 ? await ReturnAsync(session, payment, collection)
                : await CreditAsync(session, payment, collection);
        }

        foreach (var id in ids.Where(_ => payment.IsReturn == 0))
        {
            if (await SumAsync(session, payment, id, cancellation) is { } sum)
            {
                return sum;
            }
        }

        return null;
    }

    /// <summary>A block, or a file, as one sum; the bank may have left out what it rejected.</summary>
    private async Task<StoredPayment?> SumAsync(DbSession session, StoredPayment payment, string id, CancellationToken cancellation)
    {
        var messageId = id.Length > MessageIdLength ? id[..MessageIdLength] : id;
        if (await MoneyOut.PaymentFileStore.FindAsync(session, messageId) is not { } file || file.Format != DirectDebitFile.Format || file.BankAccount != payment.AccountId)
        {
            return null;
        }

        await files.WasSentAsync(session, messageId, technical.GetUtcNow(), cancellation);
        var collections = await CollectionStore.WhereAsync(session, "c.message_id = @messageId and c.state <> 'cancelled'", new { messageId }, cancellation);
        var blocks = (await CollectionStore.BlocksAsync(session, messageId)).Where(block => collections.Any(collection => collection.Block == block.Block)).ToList();
        var named = id.Length > MessageIdLength ? blocks.Where(block => block.PaymentId == id).ToList() : blocks;
        var credited = collections.Where(collection => named.Exists(block => block.Block == collection.Block)).ToList();
        var key = payment.Key.ToString();
        if (named.Count > 0 && named.TrueForAll(block => block.BookedAs == key))
        {
            return Aside(payment, Credit);
        }

        if (!Sums(credited).Contains(payment.Amount) || named.Exists(block => block.BookedAs is not null) || credited.Exists(collection => collection.BookedAs is not null))
        {
            return Differs(payment);
        }

        foreach (var block in named)
        {
            await session.Connection.ExecuteAsync(
                "update collection_block set booked_as = @key where message_id = @messageId and block = @Block", new { messageId, block.Block, key }, session.Transaction);
        }

        return Aside(payment, Credit);
    }

    /// <summary>What was asked for, without what was rejected before its day, and without all that the bank has said it does not pay.</summary>
    private static IEnumerable<long> Sums(IReadOnlyList<Collection> credited)
    {
        var taken = credited.Where(collection => !collection.Is(CollectionState.Rejected)).ToList();
        return [credited.Sum(collection => collection.Amount), taken.Sum(collection => collection.Amount),
            taken.Where(collection => collection.BankStatus is not ("RJCT" or "CANC")).Sum(collection => collection.Amount)];
    }

    /// <summary>One by itself, once, and only while its money is expected: a customer who pays later quotes the same id.</summary>
    private static async Task<StoredPayment> CreditAsync(DbSession session, StoredPayment payment, Collection collection)
    {
        var key = payment.Key.ToString();
        if (collection.BookedAs == key)
        {
            return Aside(payment, Credit);
        }

        var isExpected = (collection.Is(CollectionState.Filed) || collection.Is(CollectionState.Settling) || collection.Is(CollectionState.Settled)) && collection.Wanted is null;
        if (!isExpected || collection.BookedAs is not null || collection.ReturnedAs is not null || payment.Amount != collection.Amount
            || (await CollectionStore.BlocksAsync(session, collection.MessageId!)).Any(block => block.Block == collection.Block && block.BookedAs is not null))
        {
            return Differs(payment);
        }

        await session.Connection.ExecuteAsync(
            "update collection set booked_as = @key where collection_id = @CollectionId", new { collection.CollectionId, key }, session.Transaction);
        return Aside(payment, Credit);
    }

    /// <summary>Taken back by one booking; that the bank's report has said so before is no booking.</summary>
    private async Task<StoredPayment> ReturnAsync(DbSession session, StoredPayment payment, Collection collection)
    {
        var (key, charges) = (payment.Key.ToString(), -payment.Amount - collection.Amount);
        if (charges < 0 || charges > MostChargesOf(collection.Money) || (collection.ReturnedAs ?? key) != key)
        {
            return Differs(payment);
        }

        var (reason, details) = await session.Connection.QueryFirstOrDefaultAsync<(string? Reason, string? Details)>(
            "select return_reason, details from bank_transaction where statement_id = @StatementId and no = @No", new { payment.StatementId, payment.No }, session.Transaction);
        var ofDetail = payment.Detail > 0 ? StoredDetail.Read(details)[(int)payment.Detail - 1].ReturnReason : null;
        await session.Connection.ExecuteAsync(
            "update collection set returned_as = @key where collection_id = @CollectionId", new { collection.CollectionId, key }, session.Transaction);
        await store.FailAsync(session, collection, ofDetail ?? reason, CollectionSettlement.Caller);
        return Aside(payment, charges == 0 ? Return : ReturnAndCharges);
    }

    /// <summary>The same in minor units.</summary>
    public static long MostChargesOf(Currency currency) => MostCharges * currency.MinorPerMajor;

    private static StoredPayment Aside(StoredPayment payment, string reason) =>
        payment with { State = PaymentState.SetAside, Reason = reason, DecidedBy = CollectionSettlement.Caller };

    private static StoredPayment Differs(StoredPayment payment) => payment with { State = PaymentState.Waiting, Reason = Unclear };

    /// <summary>Everything in the booking's texts that has the form of our ids, as we write them.</summary>
    public static List<string> IdsOf(StoredPayment payment) =>
        [.. new[] { payment.EndToEndId, payment.StructuredReference, payment.BankReference, payment.Remittance }.OfType<string>()
            .SelectMany(text => OurId().Matches(text).Select(match => match.Value))
            .Select(AsWritten)
            .Distinct(StringComparer.Ordinal).OrderByDescending(id => id.StartsWith("DD", StringComparison.Ordinal)).ThenByDescending(id => id.Length).Take(MaxIds)];

    /// <summary>An id of ours as we write it, whatever its capitals have become; any other text as it is.</summary>
    public static string AsWritten(string id) => !IsId(id) ? id
        : id.StartsWith("ARC", StringComparison.OrdinalIgnoreCase) ? "ARC" + id[3..].ToLowerInvariant() : "DD" + id[2..].ToLowerInvariant();

    private const int MessageIdLength = 25;
    private const int MaxIds = 10;

    /// <summary>True for the id of a file of ours, or of a block of it.</summary>
    public static bool IsOurs(string id) => IsId(id) && id.StartsWith("ARC", StringComparison.OrdinalIgnoreCase);

    /// <summary>
    /// Which of a booking's references stands for it: one of ours before any other, wherever the bank has put it, else the payer's own.
    /// </summary>
    public static string? ReferenceOf(string? endToEndId, params IEnumerable<string?> others) =>
        endToEndId is not null && IsId(endToEndId) ? endToEndId
        : others.Select(other => other?.Replace(" ", string.Empty, StringComparison.Ordinal)).FirstOrDefault(other => other is not null && IsId(other)) ?? endToEndId;

    private static bool IsId(string text) => OurId().Match(text) is { Success: true } match && match.Value == text;

    // Some banks give references back in capitals.
    [GeneratedRegex(@"\b(?:ARC[0-9]{14}[0-9a-fA-F]{8}(?:-[0-9]{1,4})?|DD[0-9]{17}[0-9a-fA-F]{8}-[0-9]{1,4})\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex OurId();
}
