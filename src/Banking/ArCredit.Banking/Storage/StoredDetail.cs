using System.Text.Json;
using ArCredit.Banking.Statements;
using ArCredit.Kernel;
using ArCredit.Platform.Http;

namespace ArCredit.Banking.Storage;

/// <summary>One transaction of an entry that sums several up.</summary>
/// <param name="Amount">Signed as the entry's; null where the file does not say.</param>
/// <param name="Currency">Null without an amount.</param>
/// <param name="BankReference">The bank's reference.</param>
/// <param name="EndToEndId">The payer's reference.</param>
/// <param name="Party">Name of the other side.</param>
/// <param name="PartyAccount">Its IBAN, or number.</param>
/// <param name="Remittance">Free text.</param>
/// <param name="StructuredReference">A creditor reference.</param>
/// <param name="Code">Bank transaction code.</param>
/// <param name="ReturnReason">Why the bank took it back.</param>
internal sealed record StoredDetail(
    decimal? Amount, Currency? Currency, string? BankReference, string? EndToEndId, string? Party, string? PartyAccount, string? Remittance,
    string? StructuredReference, string? Code, string? ReturnReason = null)
{
    /// <summary>As it is kept with its entry; null for an entry that is one transaction itself.</summary>
    public static string? Write(IReadOnlyList<EntryDetail> details) =>
        details.Count == 0 ? null : JsonSerializer.Serialize(details.Select(Of).ToList(), ApiJson.Options);

    public static IReadOnlyList<StoredDetail> Read(string? json) => json is null ? [] : JsonSerializer.Deserialize<List<StoredDetail>>(json, ApiJson.Options) ?? [];

    private static StoredDetail Of(EntryDetail detail) => new(
        detail is { Amount: { } amount, Currency: { } currency } ? Money.ToDecimal(amount, currency) : null, detail.Currency, detail.BankReference,
        detail.Text.EndToEndId, detail.Text.Party, detail.Text.PartyAccount, detail.Text.Remittance, detail.Text.StructuredReference, detail.Code, detail.Text.ReturnReason);
}
