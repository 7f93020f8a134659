using ArCredit.Kernel;

namespace ArCredit.Banking.MoneyOut;

/// <summary>Where a file stands. The names are stored and shown.</summary>
internal enum FileState
{
    /// <summary>What it pays leaves the ledgers.</summary>
    Collecting,

    /// <summary>Its content is fixed for ever.</summary>
    Ready,

    /// <summary>It is put into the outbox.</summary>
    Uploading,

    /// <summary>It is in the outbox, or somebody says that the bank has it.</summary>
    Sent,

    /// <summary>Nothing was left to pay.</summary>
    Empty,

    /// <summary>It was taken back before it was sent.</summary>
    Withdrawn,
}

/// <summary>Where a payment of a file stands. The names are stored and shown.</summary>
internal enum LineState
{
    /// <summary>Its account has not let it go yet.</summary>
    Taken,

    /// <summary>Its account did not let it go: it is not in the file.</summary>
    Dropped,

    /// <summary>In the file, and off the ledger.</summary>
    Filed,

    /// <summary>On its way.</summary>
    Sent,

    /// <summary>Paid.</summary>
    Settled,

    /// <summary>The bank did not take it.</summary>
    Rejected,

    /// <summary>The money came back.</summary>
    Returned,
}

/// <summary>A file for a bank as it is stored.</summary>
internal sealed class PaymentFile
{
    public string MessageId { get; init; } = string.Empty;

    public string BankAccount { get; init; } = string.Empty;

    public string Company { get; init; } = string.Empty;

    public string Currency { get; init; } = string.Empty;

    public string Format { get; init; } = string.Empty;

    /// <summary>Of direct debits: the creditor identifier, as it was when the file was made.</summary>
    public string? CreditorId { get; init; }

    public string Holder { get; init; } = string.Empty;

    public string Iban { get; init; } = string.Empty;

    public string? Bic { get; init; }

    public DateOnly ExecutionOn { get; init; }

    public string State { get; init; } = string.Empty;

    public DateTimeOffset CreatedAt { get; init; }

    public string CreatedBy { get; init; } = string.Empty;

    public string Request { get; init; } = string.Empty;

    public long Transactions { get; init; }

    public long ControlSum { get; init; }

    public string? ContentHash { get; init; }

    public string? Temporary { get; init; }

    public DateTimeOffset? SentAt { get; init; }

    public string? BankStatus { get; init; }

    public string? BankReason { get; init; }

    public Currency Money => Kernel.Currency.Parse(Currency);

    /// <summary>A file of what this one goes on without.</summary>
    public PaymentFile Next(DateTimeOffset now) => new()
    {
        MessageId = PaymentFileStore.NewMessageId(now),
        BankAccount = BankAccount,
        Company = Company,
        Currency = Currency,
        Format = Format,
        CreditorId = CreditorId,
        Holder = Holder,
        Iban = Iban,
        Bic = Bic,
        ExecutionOn = ExecutionOn,
        State = PaymentFileStore.Name(FileState.Collecting),
        CreatedAt = now,
        CreatedBy = CreatedBy,
        Request = Request,
    };

    /// <summary>Under which it is made, once; no caller's key has such characters.</summary>
    public static string KeyOfNext(PaymentFile file) => $"left behind\n{file.MessageId}";

    /// <summary>In the outbox: of the message id, so that a second one of a file cannot be.</summary>
    public string FileName => $"{MessageId}.xml";
}

/// <summary>What a file pays, as it is stored.</summary>
internal sealed class PaymentLine
{
    public string MessageId { get; init; } = string.Empty;

    public long Line { get; init; }

    public string AccountId { get; init; } = string.Empty;

    public string RefundId { get; init; } = string.Empty;

    public string EndToEndId { get; init; } = string.Empty;

    public long Amount { get; init; }

    public string Payee { get; init; } = string.Empty;

    public long PayeeVersion { get; init; }

    public string State { get; init; } = string.Empty;

    public string? Wanted { get; init; }

    public string? Reason { get; init; }

    public string? BankStatus { get; init; }

    public string? BankText { get; init; }

    /// <summary>The booking that its money came back with.</summary>
    public string? ReturnedAs { get; init; }

    /// <summary>Where that booking found it, and changed it; null = it changed nothing.</summary>
    public string? ReturnedFrom { get; init; }

    /// <summary>Minor units less than was paid out, with that booking.</summary>
    public long? Charges { get; init; }

    /// <summary>Who said what became of it, where it was a person.</summary>
    public string? ToldBy { get; init; }

    /// <summary>The booking by which the bank paid it, although it stands as rejected.</summary>
    public string? ContradictedBy { get; init; }

    /// <summary>Why its account could not be asked, the last time; null = it could.</summary>
    public string? Error { get; init; }

    /// <summary>How often in a row it could not.</summary>
    public long Attempts { get; init; }

    /// <summary>The file that it was in at first, which its account knows it by.</summary>
    public string? MovedFrom { get; init; }
}

/// <summary>A payment with where it goes.</summary>
internal sealed record PaidLine(PaymentLine Line, Payee Payee);
