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

/// <summary>Records of credit checks: written in blocks outside the chain; up to one block may be lost in a crash.</summary>
internal interface ICheckRecorder
{
    /// <summary>Queues a record; never waits. False = too many wait to be written, and the check must not be answered.</summary>
    bool TryRecord(AccountId account, Contracts.DecisionRecord decision, string by);
}
