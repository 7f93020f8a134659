using ArCredit.Kernel;
using ArCredit.Platform.Csv;

namespace ArCredit.Banking.Statements.Csv;

/// <summary>What CSV files are read by.</summary>
/// <param name="Mappings">One per kind of file.</param>
/// <param name="CurrencyOf">The registered account's currency, for files that name none; null = not registered, or in several.</param>
internal sealed record CsvKnowledge(IReadOnlyList<CsvMapping> Mappings, Func<OwnAccount, Currency?> CurrencyOf)
{
    public static readonly CsvKnowledge None = new([], _ => null);
}

/// <summary>
/// Reads a bank's CSV through a mapping. Lines of one account that stand together are a statement. Banks list the newest first or the
/// oldest; where the mapping has a balance, the lines have to be right in one of the two orders.
/// </summary>
internal sealed class CsvStatementReader(Stream file, CsvMapping mapping, Func<OwnAccount, Currency?> currencyOf)
{
    // Banks write a title and the account above the header.
    private const int MaxPreamble = 30;

    // A statement's opening balance is known behind its last line, so they are all in memory until then.
    private const int MaxLines = 200_000;

    /// <summary>The mapping whose columns the file's header has; null when there is none. With several, the one that knows most of them.</summary>
    /// <exception cref="StatementRefusedException">Two know as many.</exception>
    public static CsvMapping? Recognise(Stream file, IReadOnlyList<CsvMapping> mappings)
    {
        var fitting = mappings.Where(mapping => HasHeader(file, mapping)).GroupBy(mapping => mapping.Columns().Count()).MaxBy(group => group.Key)?.ToList() ?? [];
        return fitting.Count <= 1
            ? fitting.FirstOrDefault()
            : throw new StatementRefusedException(StatementRefusedException.UnknownFormat, new Place(1), "the header fits more than one CSV mapping");
    }

    public IEnumerable<StatementPart> Read()
    {
        Dictionary<string, int>? columns = null;
        var run = new List<CsvLine>();
        var width = 0;
        file.Position = 0;
        foreach (var record in CsvRecords.Read(file, (byte)mapping.Separator(), CsvCells.MaxRecordBytes))
        {
            if (columns is null)
            {
                columns = record.Fault == RecordFault.None ? ColumnsOf(CsvCells.Of(record, mapping) ?? [], out width) : null;
                continue;
            }

            if (CsvCells.Of(record, mapping) is not { } cells)
            {
                continue;
            }

            var place = new Place((int)record.Line);
            if (cells.Length != width)
            {
                throw StatementRefusedException.Syntax(place, $"the line has {cells.Length} cells where the header has {width}");
            }

            var line = new CsvLine(cells, columns, mapping, place);
            if (run.Count > 0 && (run[0].Account() != line.Account() || !ReferenceEquals(run[0].Currency(), line.Currency())))
            {
                foreach (var part in Statement(run))
                {
                    yield return part;
                }

                run.Clear();
            }

            if (run.Count == MaxLines)
            {
                throw StatementRefusedException.Syntax(place, $"the file has more than {MaxLines} lines of one account; send it in parts");
            }

            run.Add(line);
        }

        if (run.Count == 0)
        {
            throw StatementRefusedException.Syntax(new Place(1), "the file has no line behind its header");
        }

        foreach (var part in Statement(run))
        {
            yield return part;
        }
    }

    private static bool HasHeader(Stream file, CsvMapping mapping)
    {
        file.Position = 0;
        return CsvRecords.Read(file, (byte)mapping.Separator(), CsvCells.MaxRecordBytes).Take(MaxPreamble)
            .Any(record => record.Fault == RecordFault.None && mapping.Columns().All((CsvCells.Of(record, mapping) ?? []).Contains));
    }

    private Dictionary<string, int>? ColumnsOf(string[] header, out int width)
    {
        width = header.Length;
        return mapping.Columns().All(header.Contains)
            ? mapping.Columns().ToDictionary(column => column, column => Array.IndexOf(header, column), StringComparer.Ordinal)
            : null;
    }

    private IEnumerable<StatementPart> Statement(List<CsvLine> lines)
    {
        var account = lines[0].Account();
        var currency = lines[0].Currency() ?? currencyOf(account)
            ?? throw new StatementRefusedException("BANK_ACCOUNT_UNKNOWN", lines[0].Place, $"the account {account} is not registered, or in several currencies and the file names none");
        var entries = lines.ConvertAll(line => line.Entry(currency));
        var (opening, closing) = Balances(lines, entries, currency);
        yield return new StatementOpened(new StatementHead
        {
            Format = StatementFormat.Csv,
            Account = account,
            Currency = currency,
            Opening = opening,
            Place = lines[0].Place,
        });
        foreach (var entry in entries)
        {
            yield return new EntryRead(entry);
        }

        yield return new StatementClosed { Closing = closing, Place = lines[^1].Place };
    }

    private static (Balance? Opening, Balance? Closing) Balances(List<CsvLine> lines, List<BankEntry> entries, Currency currency)
    {
        if (lines[0].Balance(currency) is null)
        {
            return (null, null);
        }

        var balances = lines.ConvertAll(line => line.Balance(currency)!.Value);
        var forward = FirstWrong(balances, entries, 1);
        var backward = FirstWrong(balances, entries, -1);

        // Where both orders are right, or both wrong, the dates say which one the bank means.
        var isBackward = (forward is null) == (backward is null) ? entries[0].BookedOn > entries[^1].BookedOn : backward is null;
        if ((isBackward ? backward : forward) is { } wrong)
        {
            throw new StatementRefusedException(
                StatementRefusedException.BalanceWrong, lines[wrong].Place,
                $"the balance {new Money(balances[wrong], currency)} is not the one before it and {new Money(entries[wrong].Amount, currency)}");
        }

        if (forward is null && backward is null && lines.Count > 1 && entries[0].BookedOn == entries[^1].BookedOn)
        {
            // Nothing says which one is the newest.
            return (null, null);
        }

        var (first, last) = isBackward ? (lines.Count - 1, 0) : (0, lines.Count - 1);
        return (new Balance(balances[first] - entries[first].Amount, entries[first].BookedOn), new Balance(balances[last], entries[last].BookedOn));
    }

    private static int? FirstWrong(List<long> balances, List<BankEntry> entries, int step)
    {
        for (var i = 0; i < balances.Count; i++)
        {
            var before = i - step;
            if (before >= 0 && before < balances.Count && (Int128)balances[before] + entries[i].Amount != balances[i])
            {
                return i;
            }
        }

        return null;
    }
}
