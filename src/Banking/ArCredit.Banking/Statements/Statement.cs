using ArCredit.Kernel;

namespace ArCredit.Banking.Statements;

/// <summary>What a file was recognised as, by its content.</summary>
internal enum StatementFormat
{
    /// <summary>ISO 20022 account report, intraday.</summary>
    Camt052,

    /// <summary>ISO 20022 statement, end of day.</summary>
    Camt053,

    /// <summary>ISO 20022 debit and credit notification.</summary>
    Camt054,

    /// <summary>SWIFT statement, end of day.</summary>
    Mt940,

    /// <summary>SWIFT interim report.</summary>
    Mt942,

    /// <summary>BAI2 cash management file.</summary>
    Bai2,

    /// <summary>CSV by a mapping.</summary>
    Csv,
}

/// <summary>Where in a file: a line, counted from 1, and in XML also the element.</summary>
internal readonly record struct Place(int Line, string? Element = null)
{
    public override string ToString() => Element is null ? $"line {Line}" : $"line {Line}, {Element}";
}

/// <summary>The owner's account as the file names it: by IBAN, or by number and the bank's code where it has one.</summary>
internal sealed record OwnAccount(string? Iban, string? Number, string? Bank)
{
    /// <summary>As it is registered: with what goes into which field.</summary>
    public string Described => Iban is not null ? $"with the IBAN {Iban}" : Bank is null ? $"with the number {Number}" : $"with the number {Number} at the bank {Bank}";

    public override string ToString() => Iban ?? (Bank is null ? Number : $"{Bank}/{Number}") ?? string.Empty;
}

/// <summary>A balance in minor units of the statement's currency; negative = overdrawn.</summary>
internal sealed record Balance(long Amount, DateOnly On);

/// <summary>What a file says of a statement before its entries.</summary>
internal sealed record StatementHead
{
    public required StatementFormat Format { get; init; }

    public required OwnAccount Account { get; init; }

    /// <summary>Null only where a file without entries names none.</summary>
    public required Currency? Currency { get; init; }

    /// <summary>The bank's own name of the statement.</summary>
    public string? Id { get; init; }

    /// <summary>Number of the statement, and the page where there are pages.</summary>
    public string? Sequence { get; init; }

    /// <summary>Entries that the statement at the end of the day will list again.</summary>
    public bool IsIntraday { get; init; }

    public Balance? Opening { get; init; }

    /// <summary>A further page: its opening balance is what the page before closed with, and it stands here; null = a first page.</summary>
    public Place? ContinuesAt { get; init; }

    public required Place Place { get; init; }
}

/// <summary>One booking on the account.</summary>
internal sealed record BankEntry
{
    public required DateOnly BookedOn { get; init; }

    public required DateOnly ValueOn { get; init; }

    /// <summary>Minor units of the statement's currency; what the account got is positive, also when it reverses a debit.</summary>
    public required long Amount { get; init; }

    /// <summary>Told apart from the sign because an amount may be 0.</summary>
    public required bool IsCredit { get; init; }

    /// <summary>It takes an earlier booking back.</summary>
    public bool IsReversal { get; init; }

    /// <summary>Announced, not booked: it counts in no balance.</summary>
    public bool IsPending { get; init; }

    /// <summary>The bank's own reference of the booking.</summary>
    public string? BankReference { get; init; }

    /// <summary>Bank transaction code in the file's own scheme.</summary>
    public string? Code { get; init; }

    /// <summary>Who and what for; of an entry with many transactions what holds for all of them.</summary>
    public required PaymentText Text { get; init; }

    /// <summary>The transactions of an entry that sums several up; none when it is one transaction itself.</summary>
    public IReadOnlyList<EntryDetail> Details { get; init; } = [];

    public required Place Place { get; init; }
}

/// <summary>Who paid or was paid, and what for. Texts hold no control characters and no double spaces.</summary>
/// <param name="EndToEndId">The payer's reference, carried through by the banks.</param>
/// <param name="Party">Name of the other side.</param>
/// <param name="PartyAccount">Its IBAN, or the number where the file has no IBAN.</param>
/// <param name="Remittance">Free text.</param>
/// <param name="StructuredReference">A creditor reference.</param>
internal sealed record PaymentText(string? EndToEndId, string? Party, string? PartyAccount, string? Remittance, string? StructuredReference)
{
    public static readonly PaymentText None = new(null, null, null, null, null);

    /// <summary>Why the bank took it back: AC04, MD06, …</summary>
    public string? ReturnReason { get; init; }
}

/// <summary>One transaction of an entry that sums several up.</summary>
/// <param name="Amount">Minor units of its currency, signed as the entry's; null where the file does not say, or the amounts do not add up to the entry.</param>
/// <param name="Currency">Null without an amount.</param>
/// <param name="BankReference">The bank's own reference.</param>
/// <param name="Code">Bank transaction code.</param>
/// <param name="Text">Who and what for.</param>
internal sealed record EntryDetail(long? Amount, Currency? Currency, string? BankReference, string? Code, PaymentText Text);

/// <summary>Numbers of entries and sums in minor units; debits are counted positive.</summary>
internal sealed record EntrySums(long Credits, long CreditSum, long Debits, long DebitSum);

/// <summary>Sums that a file states of its own entries; null = not stated.</summary>
internal sealed record ControlTotals(Place Place)
{
    public long? Entries { get; init; }

    public long? Sum { get; init; }

    public long? Net { get; init; }

    public long? Credits { get; init; }

    public long? CreditSum { get; init; }

    public long? Debits { get; init; }

    public long? DebitSum { get; init; }
}

/// <summary>What a reader gives, in the order of the file.</summary>
internal abstract record StatementPart;

/// <summary>A statement begins.</summary>
internal sealed record StatementOpened(StatementHead Head) : StatementPart;

/// <summary>An entry of the statement that is open.</summary>
internal sealed record EntryRead(BankEntry Entry) : StatementPart;

/// <summary>The statement that is open ends.</summary>
internal sealed record StatementClosed : StatementPart
{
    public Balance? Closing { get; init; }

    public Balance? Available { get; init; }

    public IReadOnlyList<ControlTotals> Totals { get; init; } = [];

    /// <summary>A further page follows, which opens with what this one closed with.</summary>
    public bool IsContinued { get; init; }

    /// <summary>The file says itself that it does not list every entry: its balances cannot be held against the entries.</summary>
    public bool IsExtract { get; init; }

    /// <summary>Where the closing balance stands.</summary>
    public required Place Place { get; init; }

    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Booked entries; filled by <see cref="StatementCheck"/>.</summary>
    public EntrySums Booked { get; init; } = new(0, 0, 0, 0);

    /// <summary>Entries that are announced only; filled by <see cref="StatementCheck"/>.</summary>
    public long Pending { get; init; }
}
