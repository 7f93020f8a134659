using System.Globalization;
using System.Numerics;
using ArCredit.Banking.Statements;
using ArCredit.Kernel;

namespace ArCredit.Banking.Tests.Written;

/// <summary>A page of a statement as it is to be written, and as it must read back.</summary>
internal sealed record WrittenStatement(StatementHead Head, IReadOnlyList<BankEntry> Entries, Balance Closing, bool IsFirst, bool IsLast)
{
    public Currency Currency => Head.Currency!;

    public string Amount(long minor) => Money.ToDecimal(Math.Abs(minor), Currency).ToString(CultureInfo.InvariantCulture);

    public static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    public static string ShortDay(DateOnly day) => day.ToString("yyMMdd", CultureInfo.InvariantCulture);

    /// <summary>Several accounts with several pages each, all drawn.</summary>
    public static List<WrittenStatement> Draw(int seed, StatementFormat format)
    {
        var random = new Random(seed);
        var all = new List<WrittenStatement>();
        for (var account = random.Next(1, 4); account > 0; account--)
        {
            DrawAccount(random, format, all);
        }

        return all;
    }

    private static void DrawAccount(Random random, StatementFormat format, List<WrittenStatement> all)
    {
        var currency = Currency.Parse(new[] { "EUR", "CHF", "JPY", "BHD" }[random.Next(4)]);
        var byNumber = random.Next(3) == 0;
        var account = byNumber || format == StatementFormat.Bai2
            ? new OwnAccount(null, random.NextInt64(1_000_000, 9_999_999_999).ToString(CultureInfo.InvariantCulture), "20050550")
            : new OwnAccount(Texts.Iban(random), null, format == StatementFormat.Mt940 || format == StatementFormat.Mt942 ? null : "COBADEFFXXX");
        var day = new DateOnly(2025, 1, 1).AddDays(random.Next(700));
        var balance = random.NextInt64(-5_000_000, 5_000_000);
        var pages = format is StatementFormat.Mt942 or StatementFormat.Bai2 ? 1 : random.Next(1, 4);
        for (var page = 1; page <= pages; page++)
        {
            var entries = Enumerable.Range(0, random.Next(8)).Select(_ => DrawEntry(random, format, currency, day)).ToList();
            var opening = new Balance(balance, day);
            balance += entries.Sum(entry => entry.Amount);
            var head = new StatementHead
            {
                Format = format,
                Account = account,
                Currency = currency,
                Id = format == StatementFormat.Bai2 ? null : $"ST{random.Next(1_000_000)}",
                Sequence = format == StatementFormat.Bai2 ? Day(day) : $"{random.Next(1, 366)}/{page}",
                IsIntraday = format is StatementFormat.Mt942 or StatementFormat.Camt052 or StatementFormat.Camt054,
                Opening = format is StatementFormat.Mt942 or StatementFormat.Camt054 ? null : opening,
                Place = default,
            };
            all.Add(new WrittenStatement(head, entries, new Balance(balance, day), page == 1, page == pages));
        }
    }

    private static BankEntry DrawEntry(Random random, StatementFormat format, Currency currency, DateOnly day)
    {
        var amount = random.NextInt64(1, 1_000_000_000);
        var (isCredit, isReversal) = (random.Next(2) == 0, random.Next(8) == 0);
        var isCamt = format is StatementFormat.Camt052 or StatementFormat.Camt053 or StatementFormat.Camt054;
        var details = isCamt && random.Next(6) == 0 ? Split(random, isCredit ? amount : -amount, currency) : [];
        return new BankEntry
        {
            BookedOn = day,
            ValueOn = day.AddDays(random.Next(-3, 4)),
            Amount = isCredit ? amount : -amount,
            IsCredit = isCredit,
            IsReversal = isReversal,
            BankReference = random.Next(4) == 0 ? null : Texts.Reference(random, 16),
            Code = isCamt ? "PMNT/RCDT/ESCT" : format == StatementFormat.Bai2 ? BaiCode(isCredit, isReversal) : "NTRF",
            Text = details.Count > 0 ? PaymentText.None : DrawText(random, isCamt),
            Details = details,
            Place = default,
        };
    }

    private static string BaiCode(bool isCredit, bool isReversal) => (isCredit, isReversal) switch
    {
        (true, true) => "258",
        (false, true) => "558",
        (true, false) => "165",
        (false, false) => "465",
    };

    private static List<EntryDetail> Split(Random random, long amount, Currency currency)
    {
        var parts = random.Next(2, 40);
        var rest = amount;
        return
        [
            .. Enumerable.Range(1, parts).Select(part =>
            {
                var share = part == parts ? rest : rest / (parts - part + 1);
                rest -= share;
                return new EntryDetail(share, currency, Texts.Reference(random, 20), "PMNT/RCDT/ESCT", DrawText(random, isCamt: true));
            }),
        ];
    }

    private static PaymentText DrawText(Random random, bool isCamt) => new(
        random.Next(3) == 0 ? null : Texts.Reference(random, 20),
        Texts.Words(random, 3, 50),
        Texts.Iban(random),
        Texts.Words(random, 20, 130),
        isCamt && random.Next(3) == 0 ? $"RF{random.Next(10, 99)}{Texts.Reference(random, 12)}" : null);
}

/// <summary>Drawn texts.</summary>
internal static class Texts
{
    private const string Letters = "abcdefghijklmnopqrstuvwxyzäöüßąęł0123456789";

    public static string Words(Random random, int count, int maxLength)
    {
        var words = Enumerable.Range(0, random.Next(1, count + 1)).Select(_ => string.Concat(Enumerable.Range(0, random.Next(1, 12)).Select(_ => Letters[random.Next(Letters.Length)])));
        var text = string.Join(' ', words);
        return (text.Length > maxLength ? text[..maxLength] : text).Trim();
    }

    public static string Reference(Random random, int length) =>
        string.Concat(Enumerable.Range(0, random.Next(3, length + 1)).Select(_ => "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"[random.Next(32)]));

    public static string Iban(Random random)
    {
        var number = random.NextInt64(100_000_000_000_000_000, 999_999_999_999_999_999).ToString(CultureInfo.InvariantCulture);
        var check = 98 - (int)(BigInteger.Parse(number + "131400", CultureInfo.InvariantCulture) % 97);
        return $"DE{check:00}{number}";
    }
}
