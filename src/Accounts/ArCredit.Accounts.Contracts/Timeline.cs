using System.Data.Common;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Contracts;

/// <summary>What an entry of a timeline is about. The names are stored and shown.</summary>
public enum TimelineKind
{
    /// <summary>Invoices, debit notes, claims, credit notes, payments, their allocations, write-offs, refunds and collections in files.</summary>
    Document,

    /// <summary>Reservations as they were decided, and what became of them.</summary>
    Decision,

    /// <summary>Disputes, promises, mandates, and what else is agreed about items.</summary>
    Agreement,

    /// <summary>Calls, messages, visits and remarks.</summary>
    Contact,

    /// <summary>Master data, limits, blocks, and bank accounts of the customer.</summary>
    Change,

    /// <summary>What was metered, and what of it was given up.</summary>
    Usage,
}

/// <summary>What happened to an account outside its journal. Never more of a bank account than its masked form.</summary>
/// <param name="Kind">What it is about.</param>
/// <param name="Type">What happened, camelCase: mandateSigned, collectionFiled.</param>
/// <param name="By">Who did it, by id; clock for what time did.</param>
/// <param name="Number">Of what it happened to: a mandate, a payee account, a collection.</param>
public sealed record TimelineRecord(TimelineKind Kind, string Type, string By, string Number)
{
    /// <summary>Minor units of <see cref="Currency"/>; null = it is about no amount.</summary>
    public long? Amount { get; init; }

    /// <summary>Of the amount.</summary>
    public Currency? Currency { get; init; }

    /// <summary>The invoices it is about; null = none.</summary>
    public IReadOnlyList<string>? Invoices { get; init; }

    /// <summary>Where it stands then.</summary>
    public string? Status { get; init; }

    /// <summary>Code: why.</summary>
    public string? Reason { get; init; }

    /// <summary>The mandate that it rests on or amends.</summary>
    public string? Mandate { get; init; }

    /// <summary>Masked.</summary>
    public string? BankAccount { get; init; }

    /// <summary>Message id of the bank's file that it is in.</summary>
    public string? File { get; init; }
}

/// <summary>Where other modules write down what happens to an account, so that one timeline tells all of it.</summary>
public interface ITimeline
{
    /// <summary>
    /// Writes it behind everything that the account's journal holds by now, with the business instant, in the caller's transaction: it is there when, and
    /// only when, what it tells of is.
    /// </summary>
    Task RecordAsync(DbTransaction transaction, AccountId account, TimelineRecord record);
}
