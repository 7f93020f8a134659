using ArCredit.Banking.Statements;
using ArCredit.Banking.Statements.Csv;
using ArCredit.Kernel;

namespace ArCredit.Banking.Storage;

/// <summary>What a file is about, found by reading it whole once before anything is written.</summary>
/// <param name="Accounts">Each account and currency with the place it is named first.</param>
/// <param name="Warnings">What is odd, with the statement's place.</param>
/// <param name="Ends">The end of each statement, in their order.</param>
internal sealed record FileSurvey(
    IReadOnlyDictionary<(OwnAccount Account, Currency? Currency), Place> Accounts, IReadOnlyList<string> Warnings, IReadOnlyList<StatementClosed> Ends)
{
    /// <summary>As many are kept of one file.</summary>
    public const int MaxWarnings = 100;

    /// <summary>Reads from the beginning to the end.</summary>
    /// <exception cref="StatementRefusedException">The file is wrong.</exception>
    public static FileSurvey Of(Stream file, CsvKnowledge csv)
    {
        var accounts = new Dictionary<(OwnAccount Account, Currency? Currency), Place>();
        var warnings = new List<string>();
        var ends = new List<StatementClosed>();
        var place = new Place(1);
        file.Position = 0;
        foreach (var part in StatementReader.Read(file, csv))
        {
            if (part is StatementOpened { Head: var head })
            {
                place = head.Place;
                accounts.TryAdd((head.Account, head.Currency), place);
            }
            else if (part is StatementClosed closed)
            {
                ends.Add(closed);
                warnings.AddRange(closed.Warnings.Take(MaxWarnings - warnings.Count).Select(warning => warning.StartsWith("line ", StringComparison.Ordinal) ? warning : $"{place}: {warning}"));
            }
        }

        return new FileSurvey(accounts, warnings, ends);
    }

    /// <summary>The registered account for each that the file names; a problem code and sentence for one that is not there.</summary>
    public bool TryResolve(
        IReadOnlyList<BankAccount> registered, out Dictionary<(OwnAccount Account, Currency? Currency), BankAccount> found, out FileRefusal? refusal)
    {
        found = [];
        refusal = null;
        foreach (var ((named, currency), place) in Accounts)
        {
            var candidates = registered.Where(account => account.IsNamedBy(named)).ToList();
            var same = candidates.Where(account => currency is null || ReferenceEquals(account.Currency, currency)).ToList();
            if (same.Count == 1)
            {
                found.Add((named, currency), same[0]);
                continue;
            }

            refusal = (candidates.Count, same.Count) switch
            {
                (0, _) => new FileRefusal("BANK_ACCOUNT_UNKNOWN", place, $"the account {named.Described} is not registered"),
                (_, 0) => new FileRefusal(StatementRefusedException.CurrencyWrong, place, $"the account {named} is registered in {candidates[0].Currency}, the statement is in {currency}"),
                _ => new FileRefusal("BANK_ACCOUNT_AMBIGUOUS", place, $"the account {named} is registered more than once"),
            };
            return false;
        }

        return true;
    }
}

/// <summary>Why a file was not taken.</summary>
internal sealed record FileRefusal(string Code, Place Place, string Reason);
