using System.Text.Json;
using ArCredit.Kernel;
using ArCredit.Platform.Data;
using ArCredit.Platform.Http;
using ArCredit.Sync.Documents;
using Dapper;

namespace ArCredit.Sync.Storage;

/// <summary>Which e-invoices are asked for; null = any.</summary>
internal sealed record EInvoiceFilter(EInvoiceStatus? Status, string? Company, string? Account, string? Number);

/// <summary>E-invoices, their files, and what is to be done with them.</summary>
internal sealed class EInvoiceStore(IDatabase database)
{
    private const string Select =
        """
        select id as Id, company as Company, party_key as PartyKey, facts as Facts, status as Status, reason as Reason, detail as Detail,
               account_id as AccountId, plan as Plan, findings as Findings, buyer_status as BuyerStatus, buyer_reason as BuyerReason, dispute_no as DisputeNo,
               dispute_open as DisputeOpen, received_at as ReceivedAt, received_by as ReceivedBy, decided_by as DecidedBy, version as Version
          from einvoice
        """;

    /// <summary>Stores a file with what it says; false when the same file is there already.</summary>
    public async Task<bool> AddAsync(StoredEInvoice invoice, string contentHash, ReadOnlyMemory<byte> file, CancellationToken cancellation)
    {
        await using var session = await database.BeginWriteAsync(cancellation);
        var added = await session.Connection.ExecuteAsync(new CommandDefinition(
            """
            insert into einvoice (id, content_hash, company, format, kind, number, amount, party_key, facts, status, reason, detail, account_id, plan, findings,
                                  buyer_status, buyer_reason, dispute_no, dispute_open, todo, received_at, received_by, decided_by, version)
            values (@Id, @contentHash, @Company, @format, @kind, @number, @amount, @PartyKey, @facts, @status, @Reason, @Detail, @account, @plan, @findings,
                    @buyerStatus, @BuyerReason, @DisputeNo, @disputeOpen, @todo, @ReceivedAt, @ReceivedBy, @DecidedBy, @Version)
            on conflict (content_hash) do nothing
            """,
            Parameters(invoice, contentHash), session.Transaction, cancellationToken: cancellation));
        if (added == 0)
        {
            return false;
        }

        await session.Connection.ExecuteAsync(new CommandDefinition(
            "insert into einvoice_file (id, body) values (@Id, @body)", new { invoice.Id, body = file.ToArray() }, session.Transaction, cancellationToken: cancellation));
        await session.CommitAsync(cancellation);
        return true;
    }

    /// <summary>Changes it if nobody else has since it was read; then as it is stored, else null.</summary>
    public static async Task<StoredEInvoice?> SaveAsync(DbSession session, StoredEInvoice was, StoredEInvoice now)
    {
        now = now with { Version = was.Version + 1 };
        var changed = await session.Connection.ExecuteAsync(
            """
            update einvoice set status = @status, reason = @Reason, detail = @Detail, account_id = @account, plan = @plan, findings = @findings, buyer_status = @buyerStatus,
                   buyer_reason = @BuyerReason, dispute_no = @DisputeNo, dispute_open = @disputeOpen, todo = @todo, decided_by = @DecidedBy, version = @Version
             where id = @Id and version = @Version - 1
            """,
            Parameters(now, string.Empty), session.Transaction);
        return changed == 1 ? now : null;
    }

    public Task<StoredEInvoice?> FindAsync(Guid id, CancellationToken cancellation) => FirstAsync("id = @id", new { id }, cancellation);

    public Task<StoredEInvoice?> FindByContentAsync(string contentHash, CancellationToken cancellation) => FirstAsync("content_hash = @contentHash", new { contentHash }, cancellation);

    /// <summary>Documents that were posted as this one of an account, in any format; the first of them came first.</summary>
    public Task<IReadOnlyList<StoredEInvoice>> PostedAsync(AccountId account, EInvoiceKind kind, DocumentNumber number, CancellationToken cancellation) => ListAsync(
        "account_id = @account and kind = @kind and number = @number and status = 'posted' order by id limit 10",
        new { account = account.Value, kind = EnumNames.Name(kind), number = number.Value }, cancellation);

    /// <summary>E-qaimə of a number between a company and a buyer, the newest first.</summary>
    public async Task<IReadOnlyList<StoredEInvoice>> EqaimeAsync(string company, DocumentNumber number, CancellationToken cancellation) =>
        await ListAsync("company = @company and number = @number and format = 'eqaime' order by id desc limit 10", new { company, number = number.Value }, cancellation);

    /// <summary>What is to be done, the oldest first.</summary>
    public async Task<IReadOnlyList<StoredEInvoice>> ToDoAsync(Guid after, int limit, CancellationToken cancellation) =>
        await ListAsync("todo = 1 and id > @after order by id limit @limit", new { after, limit }, cancellation);

    /// <summary>A page, the oldest first.</summary>
    public async Task<IReadOnlyList<StoredEInvoice>> PageAsync(EInvoiceFilter filter, Guid after, int limit, CancellationToken cancellation)
    {
        var conditions = new[]
        {
            filter.Status is null ? null : "status = @status", filter.Company is null ? null : "company = @Company", filter.Account is null ? null : "account_id = @Account",
            filter.Number is null ? null : "number = @Number",
        };
        return await ListAsync(
            $"{string.Concat(conditions.OfType<string>().Select(condition => condition + " and "))}id > @after order by id limit @limit",
            new { status = filter.Status is { } status ? EnumNames.Name(status) : null, filter.Company, filter.Account, filter.Number, after, limit }, cancellation);
    }

    /// <summary>The file as it was received; null = there is no such document.</summary>
    public async Task<byte[]?> FileAsync(Guid id, CancellationToken cancellation)
    {
        await using var session = await database.OpenReadAsync(cancellation);
        return await session.Connection.QueryFirstOrDefaultAsync<byte[]?>(new CommandDefinition("select body from einvoice_file where id = @id", new { id }, cancellationToken: cancellation));
    }

    private async Task<StoredEInvoice?> FirstAsync(string where, object parameters, CancellationToken cancellation) => await ListAsync(where, parameters, cancellation) is [var first, ..] ? first : null;

    private async Task<IReadOnlyList<StoredEInvoice>> ListAsync(string where, object parameters, CancellationToken cancellation)
    {
        await using var session = await database.OpenReadAsync(cancellation);
        var rows = await session.Connection.QueryAsync<Row>(new CommandDefinition($"{Select} where {where}", parameters, cancellationToken: cancellation));
        return [.. rows.Select(row => row.ToInvoice())];
    }

    private static object Parameters(StoredEInvoice invoice, string contentHash) => new
    {
        invoice.Id,
        contentHash,
        invoice.Company,
        format = EnumNames.Name(invoice.Facts.Format),
        kind = EnumNames.Name(invoice.Kind),
        number = invoice.Facts.Number.Value,
        amount = invoice.Facts.Amount.Minor,
        invoice.PartyKey,
        facts = Write(invoice.Facts),
        status = EnumNames.Name(invoice.Status),
        invoice.Reason,
        invoice.Detail,
        account = invoice.Account?.Value,
        plan = Write(invoice.Plan),
        findings = Write(invoice.Findings),
        buyerStatus = invoice.BuyerStatus is { } said ? EnumNames.Name(said) : null,
        invoice.BuyerReason,
        invoice.DisputeNo,
        disputeOpen = invoice.DisputeOpen ? 1 : 0,
        todo = invoice.IsToDo ? 1 : 0,
        invoice.ReceivedAt,
        invoice.ReceivedBy,
        invoice.DecidedBy,
        invoice.Version,
    };

    private static string Write<T>(T value) => JsonSerializer.Serialize(value, ApiJson.Options);

    private sealed class Row
    {
        public Guid Id { get; init; }

        public string Company { get; init; } = string.Empty;

        public string PartyKey { get; init; } = string.Empty;

        public string Facts { get; init; } = string.Empty;

        public string Status { get; init; } = string.Empty;

        public string? Reason { get; init; }

        public string? Detail { get; init; }

        public string? AccountId { get; init; }

        public string Plan { get; init; } = string.Empty;

        public string Findings { get; init; } = string.Empty;

        public string? BuyerStatus { get; init; }

        public string? BuyerReason { get; init; }

        public long DisputeNo { get; init; }

        public long DisputeOpen { get; init; }

        public DateTimeOffset ReceivedAt { get; init; }

        public string ReceivedBy { get; init; } = string.Empty;

        public string DecidedBy { get; init; } = string.Empty;

        public long Version { get; init; }

        public StoredEInvoice ToInvoice() => new(Id, Company, Read<EInvoice>(Facts), PartyKey, ReceivedAt, ReceivedBy)
        {
            Status = EnumNames.TryParse<EInvoiceStatus>(Status, out var status) ? status : throw new InvariantException($"{Status} is no status."),
            Reason = Reason,
            Detail = Detail,
            Account = AccountId is null ? null : Kernel.AccountId.Parse(AccountId),
            Plan = Read<PostingPlan>(Plan),
            Findings = Read<EInvoiceFindings>(Findings),
            BuyerStatus = EnumNames.TryParse<BuyerStatus>(BuyerStatus, out var said) ? said : null,
            BuyerReason = BuyerReason,
            DisputeNo = DisputeNo,
            DisputeOpen = DisputeOpen != 0,
            DecidedBy = DecidedBy,
            Version = Version,
        };

        private static T Read<T>(string body) => JsonSerializer.Deserialize<T>(body, ApiJson.Options)!;
    }
}
