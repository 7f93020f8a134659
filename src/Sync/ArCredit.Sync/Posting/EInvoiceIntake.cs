using ArCredit.Kernel;
using ArCredit.Platform.Http;
using ArCredit.Sync.Documents;
using ArCredit.Sync.Features;
using ArCredit.Sync.Parties;
using ArCredit.Sync.Storage;
using Microsoft.Extensions.Logging;

namespace ArCredit.Sync.Posting;

/// <summary>What became of a file: a document, new or not, or why not.</summary>
internal sealed record TakenFile(StoredEInvoice? Invoice, bool IsNew, ProblemResult? Problem);

/// <summary>Takes files: each once, stored before anything is done with it.</summary>
internal sealed partial class EInvoiceIntake(
    EInvoiceStore store, SellerSearch sellers, EInvoicePosting posting, BuyerAnswers answers, TimeProvider time, ILogger<EInvoiceIntake> log)
{
    /// <summary>Throws <see cref="EInvoiceRefusedException"/> when the file is not taken.</summary>
    public async Task<TakenFile> TakeAsync(XmlBody file, string caller, CancellationToken cancellation)
    {
        if (await store.FindByContentAsync(file.ContentHash, cancellation) is { } known)
        {
            return new TakenFile(known, false, null);
        }

        return EInvoiceReader.Read(file.Bytes) switch
        {
            ReadFile.Document { Invoice: var facts } => await StoreAsync(facts, file, caller, cancellation),
            ReadFile.Status { Said: var said } => await SayAsync(said, caller, cancellation),
            var other => throw new InvariantException($"{other} is neither a document nor a status."),
        };
    }

    private async Task<TakenFile> StoreAsync(EInvoice facts, XmlBody file, string caller, CancellationToken cancellation)
    {
        var (company, several) = await sellers.FindAsync(facts.Seller, cancellation);
        if (company is null)
        {
            return Refuse(
                several.Count == 0
                    ? Problems.Unprocessable("EINVOICE_SELLER_UNKNOWN", "No company says that the seller's ids are its own.", "PUT /einvoices/companies/{company} says so.")
                    : Problems.Unprocessable("EINVOICE_SELLER_AMBIGUOUS", "The seller's ids are those of several companies.", string.Join(", ", several)),
                facts.Seller);
        }

        var now = time.GetUtcNow();
        var invoice = new StoredEInvoice(Guid.CreateVersion7(now), company, facts, BuyerSearch.KeyOf(facts.Buyer), now, caller) { BuyerStatus = facts.BuyerStatus };
        var isNew = await store.AddAsync(invoice, file.ContentHash, file.Bytes, cancellation);

        // As it is stored, so that every answer about it is written the same; one that was sent twice at once is carried on by whoever was first.
        var stored = await store.FindByContentAsync(file.ContentHash, cancellation) ?? throw new InvariantException($"E-invoice {invoice.Id} is gone.");
        return new TakenFile(isNew ? await CarryOnAsync(stored, isConfirmed: false, cancellation) : stored, isNew, null);
    }

    /// <summary>Carries a stored document on; where its account does not answer now, as it is.</summary>
    public async Task<StoredEInvoice> CarryOnAsync(StoredEInvoice invoice, bool isConfirmed, CancellationToken cancellation)
    {
        try
        {
            return await posting.RunAsync(invoice, bulk: false, isConfirmed, cancellation);
        }
        catch (Exception held) when (AccountHeld.Is(held))
        {
            LogHeld(invoice.Id, held);
            return await store.FindAsync(invoice.Id, cancellation) ?? throw new InvariantException($"E-invoice {invoice.Id} is gone.");
        }
    }

    private async Task<TakenFile> SayAsync(EqaimeStatus said, string caller, CancellationToken cancellation)
    {
        var seller = new EInvoiceParty(null, "AZ", said.Seller, null, null, null, [], null);
        var (company, _) = await sellers.FindAsync(seller, cancellation);
        if (company is null)
        {
            return Refuse(Problems.Unprocessable("EINVOICE_SELLER_UNKNOWN", "No company says that the seller's VÖEN is its own."), seller);
        }

        var invoice = (await store.EqaimeAsync(company, said.Number, cancellation)).FirstOrDefault(each => each.Facts.Buyer.VatId == said.Buyer);
        if (invoice is null)
        {
            return new TakenFile(null, false, Problems.NotFound("EINVOICE_NOT_FOUND", $"There is no e-qaimə {said.Number} to {said.Buyer}."));
        }

        var (now, problem) = await answers.SetAsync(invoice, said.Status, said.Reason, caller, cancellation);
        return new TakenFile(now, false, problem);
    }

    private static TakenFile Refuse(ProblemResult problem, EInvoiceParty seller) => new(null, false, problem.With("seller", seller));

    [LoggerMessage(LogLevel.Warning, "E-invoice {Id} is stored and cannot be carried on now; it is tried again")]
    private partial void LogHeld(Guid id, Exception failure);
}
