using System.Globalization;
using ArCredit.Kernel;

namespace ArCredit.Banking.Statements.Bai;

/// <summary>One account of a group: balances and totals in its first record, then its entries.</summary>
internal sealed class BaiAccount
{
    private readonly BaiGroup group;
    private readonly Currency currency;
    private readonly Dictionary<string, (long Amount, long? Items)> stated = new(StringComparer.Ordinal);
    private long credits;
    private long debits;
    private Int128 creditSum;
    private Int128 debitSum;

    private BaiAccount(BaiRecord record, BaiTotals totals, BaiGroup group)
    {
        (Totals, this.group) = (totals, group);
        var number = PlainText.Of(record.Next()) ?? throw StatementRefusedException.Syntax(record.Place, "names no account");
        var own = record.Next();
        currency = own.Length == 0 ? group.Currency! : StatementAmount.Currency(own, record.Place);
        while (!record.IsAtEnd)
        {
            // Where no status is named its fields are empty, and some banks have one comma too many before a continuation.
            if (record.Next() is not { Length: > 0 } code)
            {
                continue;
            }

            var amount = record.NextNumber("the amount");
            var items = record.NextNumber("the number of items");
            record.TakeFunds();
            if (amount is { } minor)
            {
                totals.AddAmount(minor);
                stated.TryAdd(code, (minor, items));
            }
        }

        var iban = Iban.From(number);
        Head = new StatementHead
        {
            Format = StatementFormat.Bai2,
            Account = new OwnAccount(iban, iban is null ? number : null, group.Bank),
            Currency = currency,
            Sequence = group.On.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
            IsIntraday = group.IsInterim,
            Opening = BalanceOf("010"),
            Place = record.Place,
        };
    }

    public BaiTotals Totals { get; }

    public StatementHead Head { get; }

    public static BaiAccount Read(BaiRecord record, BaiTotals totals, BaiGroup group) => new(record, totals, group);

    /// <summary>An entry; null for a record that only tells something and moves no money.</summary>
    public BankEntry? Entry(BaiRecord record)
    {
        var code = record.Next();
        var amount = record.NextNumber("the amount");
        var value = record.TakeFunds() ?? group.On;
        if (amount is null or < 0 or > Money.MaxMinor)
        {
            return amount is null && IsCredit(code) is null ? null : throw StatementRefusedException.Syntax(record.Place, "the entry has no amount from 0 on");
        }

        Totals.AddAmount(amount.Value);
        if (IsCredit(code) is not { } isCredit)
        {
            return amount == 0 ? null : throw StatementRefusedException.Syntax(record.Place, $"the type '{StatementAmount.Short(code)}' is neither a credit nor a debit");
        }

        Count(isCredit, amount.Value);
        var bankReference = PlainText.Reference(record.Next());
        var customerReference = PlainText.Reference(record.Next());
        return new BankEntry
        {
            BookedOn = group.On,
            ValueOn = value,
            Amount = isCredit ? amount.Value : -amount.Value,
            IsCredit = isCredit,

            // Debit and credit reversal, ACH reversal as credit and as debit, deposit reversal.
            IsReversal = code is "252" or "552" or "258" or "558" or "694",
            BankReference = bankReference,
            Code = code,
            Text = PaymentText.None with { EndToEndId = customerReference, Remittance = record.Rest() },
            Place = record.Place,
        };
    }

    /// <summary>
    /// Total credits (100) and debits (400) are held against the entries where they say that they count as many. Where they
    /// explain the balances and the entries do not, the bank lists only some of its entries.
    /// </summary>
    public StatementClosed Close(BaiRecord record)
    {
        var warnings = new List<string>();
        HoldTotal("100", credits, creditSum, warnings);
        HoldTotal("400", debits, debitSum, warnings);
        var (opening, closing) = (Head.Opening, BalanceOf("015"));
        var isExtract = opening is not null && closing is not null && stated.TryGetValue("100", out var all) && stated.TryGetValue("400", out var less)
            && (Int128)opening.Amount + all.Amount - less.Amount == closing.Amount;
        return new StatementClosed
        {
            Closing = closing,
            Available = BalanceOf("045") ?? BalanceOf("060"),
            IsExtract = isExtract,
            Place = record.Place,
            Warnings = warnings,
        };
    }

    private static bool? IsCredit(string code) => int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out var type) && code.Length == 3
        ? type switch
        {
            >= 100 and < 400 => true,
            >= 400 and < 700 => false,
            >= 720 and < 760 => true,
            >= 760 and < 780 => false,
            >= 920 and < 960 => true,
            >= 960 => false,
            _ => null,
        }
        : null;

    private void Count(bool isCredit, long amount)
    {
        if (isCredit)
        {
            (credits, creditSum) = (credits + 1, creditSum + amount);
        }
        else
        {
            (debits, debitSum) = (debits + 1, debitSum + amount);
        }
    }

    private void HoldTotal(string code, long number, Int128 sum, List<string> warnings)
    {
        if (!stated.TryGetValue(code, out var total) || (number == 0 && sum == 0))
        {
            return;
        }

        if (total.Items == number && total.Amount != sum)
        {
            throw new StatementRefusedException(
                StatementRefusedException.TotalsWrong, Head.Place, $"the total {code} over {number} entries is stated as {total.Amount} minor units, they give {sum}");
        }

        if (total.Amount == sum && total.Items is { } items && items != number)
        {
            warnings.Add($"the total {code} is stated over {items} entries, {number} are listed with its sum");
        }

        if (total.Amount != sum)
        {
            warnings.Add($"the total {code} is {total.Amount} minor units, the listed entries give {sum}");
        }
    }

    private Balance? BalanceOf(string code) => !stated.TryGetValue(code, out var balance) ? null
        : Math.Abs(balance.Amount) <= Money.MaxMinor ? new Balance(balance.Amount, group.On)
        : throw StatementRefusedException.Syntax(Head?.Place ?? Totals.Opening.Place, $"the balance {code} is larger than any amount");
}
