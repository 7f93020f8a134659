using ArCredit.Kernel;

namespace ArCredit.Banking.Storage;

/// <summary>A balance of a day.</summary>
/// <param name="Amount">Negative = overdrawn.</param>
/// <param name="On">Whose day it is.</param>
internal sealed record BalanceView(decimal Amount, DateOnly On);

/// <summary>Entries of one direction.</summary>
/// <param name="Count">How many.</param>
/// <param name="Sum">Their sum, also of debits not negative.</param>
internal sealed record SumView(long Count, decimal Sum);

/// <summary>How far the payments of a statement have come. They are worked on behind the answer to the file.</summary>
/// <param name="Total">Payments of customers, and money that the bank took back from them.</param>
/// <param name="Open">Still to be looked at, or under way.</param>
/// <param name="Posted">On customers' accounts.</param>
/// <param name="Waiting">For a person.</param>
/// <param name="Returned">Taken back by the bank.</param>
/// <param name="SetAside">No customers' payments, as people said, and what belongs to our own direct debits.</param>
internal sealed record PaymentCounts(long Total, long Open, long Posted, long Waiting, long Returned, long SetAside);

/// <summary>A statement as it was read.</summary>
/// <param name="Id">Our id.</param>
/// <param name="Account">The own account.</param>
/// <param name="Format">What it was recognised as.</param>
/// <param name="Reference">The bank's name of it.</param>
/// <param name="Sequence">The bank's number, and page.</param>
/// <param name="Intraday">The statement at the end of the day will list its entries again.</param>
/// <param name="Currency">The account's.</param>
/// <param name="Opening">Booked balance before its entries.</param>
/// <param name="Closing">Booked balance behind them.</param>
/// <param name="Available">What can be spent.</param>
/// <param name="Credits">What came in.</param>
/// <param name="Debits">What went out.</param>
/// <param name="AlreadyBooked">Entries that another file had brought, so that they were not booked again.</param>
/// <param name="Payments">How far they have come.</param>
internal sealed record StatementView(
    Guid Id, string Account, string Format, string? Reference, string? Sequence, bool Intraday, Currency Currency, BalanceView? Opening, BalanceView? Closing,
    BalanceView? Available, SumView Credits, SumView Debits, long AlreadyBooked, PaymentCounts Payments);

/// <summary>What a file brought.</summary>
/// <param name="ContentHash">SHA-256 of the file: the same file again gives the same answer.</param>
/// <param name="Statements">In the order of the file.</param>
/// <param name="Entries">Booked entries of all statements.</param>
/// <param name="AlreadyBooked">Of these, what another file had brought.</param>
/// <param name="Warnings">What is odd and was taken all the same, with its place; the first 100.</param>
internal sealed record BankFileView(string ContentHash, IReadOnlyList<StatementView> Statements, long Entries, long AlreadyBooked, IReadOnlyList<string> Warnings);
