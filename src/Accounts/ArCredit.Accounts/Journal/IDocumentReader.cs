using ArCredit.Accounts.Domain;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Journal;

/// <summary>Reads documents that have left an account's memory.</summary>
internal interface IDocumentReader
{
    /// <summary>
    /// The document as it stood at <paramref name="committedVersion"/> of the account or later; that version is on disk.
    /// </summary>
    Task<KnownDocument> ReadAsync(AccountId account, DocumentRequest request, long committedVersion, CancellationToken cancellation);
}

/// <summary>Records of credit checks: written in blocks outside the chain. A crash takes those not written yet: what is queued and one block, 4,096 at most.</summary>
internal interface ICheckRecorder
{
    /// <summary>
    /// Queues a record; waits a second at most when too many are queued. False = they still are, and the check must not be answered.
    /// </summary>
    ValueTask<bool> RecordAsync(AccountId account, Contracts.DecisionRecord decision, string by, CancellationToken cancellation);
}
