using System.Globalization;
using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain;
using ArCredit.Kernel;
using ArCredit.Platform.Http;

namespace ArCredit.Accounts.Features.Shared;

/// <summary>
/// What is wrong with the values of a body that could be parsed: amounts beyond their currency, dates and texts out of
/// bounds. Reads on after an error, so that a caller learns all of them at once.
/// </summary>
internal sealed class RequestChecks
{
    /// <summary>Longest customer's reference.</summary>
    public const int MaxReference = 128;

    /// <summary>Longest free text.</summary>
    public const int MaxNote = 2000;

    private const int MaxCode = 64;

    // Of a currency without decimals, and of one with the most.
    private const decimal MaxAmount = 1_000_000_000_000_000m;
    private const int MostDecimals = 4;
    private const int MaxRateDecimals = 10;
    private const decimal MaxRate = 1_000_000_000m;
    private static readonly DateOnly FirstDate = new(1900, 1, 1);
    private static readonly DateOnly LastDate = new(2200, 12, 31);

    private FieldErrors? errors;

    /// <summary>Checks of a body that could be parsed as a whole.</summary>
    public RequestChecks()
    {
    }

    /// <summary>Checks of what could be parsed of a body, beside what could not.</summary>
    public RequestChecks(FieldErrors known) => errors = known;

    /// <summary>Null when all is well.</summary>
    public ProblemResult? Problem => errors?.ToProblem();

    /// <summary>
    /// The problem of a body that could not be read, with the errors of those of its values that could. The judge must take
    /// required members that are null or zero.
    /// </summary>
    public static ProblemResult Complete<T>(BodyRead<T> body, Action<T, RequestChecks> judge)
        where T : class
    {
        if (body is not { Remains: { } remains, Errors: { } errors })
        {
            return body.Problem ?? throw new InvariantException("The body could be read.");
        }

        var checks = new RequestChecks(errors);
        judge(remains, checks);
        return checks.Problem ?? body.Problem!;
    }

    /// <summary>Adds an error.</summary>
    public void Refuse(string path, string rule) => (errors ??= new FieldErrors()).Add(path, rule);

    /// <summary>The number of a new document that is not one of those the account gives out itself.</summary>
    public DocumentNumber NotReserved(string path, DocumentNumber number, string prefix = Account.OwedPrefix)
    {
        if (number.Value?.StartsWith(prefix, StringComparison.Ordinal) == true)
        {
            Refuse(path, $"must not begin with '{prefix}'");
        }

        return number;
    }

    /// <summary>An amount above 0 (or at least 0) in minor units; without a currency it is held against what any currency allows.</summary>
    public Money Amount(string path, decimal amount, Currency? currency, bool orZero = false)
    {
        if (amount < 0 || (amount == 0 && !orZero))
        {
            Refuse(path, orZero ? "must be 0 or more" : "must be above 0");
        }

        if (currency is null)
        {
            Number(path, Math.Abs(amount), 0, MaxAmount, MostDecimals);
            return default;
        }

        switch (Money.TryFromAmount(amount, currency, out var money))
        {
            case AmountFault.None:
                break;
            case AmountFault.TooManyDecimals:
                Refuse(path, string.Create(CultureInfo.InvariantCulture, $"has more decimals than {currency} has ({currency.Decimals})"));
                break;
            case AmountFault.TooLarge:
                Refuse(path, "is above 10^15 minor units");
                break;
            default:
                throw new InvariantException("Unknown fault of an amount.");
        }

        return money;
    }

    /// <summary>The same for an amount that may be absent.</summary>
    public Money? Amount(string path, decimal? amount, Currency? currency, bool orZero = false) =>
        amount is { } given ? Amount(path, given, currency, orZero) : null;

    /// <summary>Between 1900 and 2200: dates beyond are typing errors, and arithmetic on them leaves the calendar.</summary>
    public DateOnly Date(string path, DateOnly date)
    {
        if (date < FirstDate || date > LastDate)
        {
            Refuse(path, "must be a date from 1900 to 2200");
        }

        return date;
    }

    /// <summary>The same for a date that may be absent.</summary>
    public DateOnly? Date(string path, DateOnly? date) => date is { } given ? Date(path, given) : null;

    /// <summary>A whole number within bounds, or absent.</summary>
    public int? Number(string path, int? number, int min, int max)
    {
        if (number < min || number > max)
        {
            Refuse(path, string.Create(CultureInfo.InvariantCulture, $"must be a whole number from {min} to {max}"));
        }

        return number;
    }

    /// <summary>A number within bounds with at most <paramref name="decimals"/> decimals, or absent.</summary>
    public decimal? Number(string path, decimal? number, decimal min, decimal max, int decimals)
    {
        if (number < min || number > max)
        {
            Refuse(path, string.Create(CultureInfo.InvariantCulture, $"must be a number from {min} to {max}"));
        }
        else if (number is { } given && decimal.Round(given, decimals, MidpointRounding.ToEven) != given)
        {
            Refuse(path, string.Create(CultureInfo.InvariantCulture, $"must have at most {decimals} decimals"));
        }

        return number;
    }

    /// <summary>A share of something, 1 = all of it, or absent. Per cent, the usual mistake, are told apart by their size.</summary>
    public decimal? Fraction(string path, decimal? fraction)
    {
        if (fraction is < 0 or > 10)
        {
            Refuse(path, "must be a fraction from 0 to 10: 0.95 is 95 %");
            return fraction;
        }

        return Number(path, fraction, 0, 10, 6);
    }

    /// <summary>An exchange rate: above 0, at most 10 decimals.</summary>
    public decimal? Rate(string path, decimal? rate)
    {
        if (rate <= 0)
        {
            Refuse(path, "must be above 0");
            return rate;
        }

        return Number(path, rate, 0, MaxRate, MaxRateDecimals);
    }

    /// <summary>One line of 1 to <paramref name="max"/> characters, or absent.</summary>
    public string? Line(string path, string? text, int max)
    {
        if (text is not null && !Text.IsIdentifier(text, max))
        {
            Refuse(path, string.Create(CultureInfo.InvariantCulture, $"must be 1 to {max} characters without control characters or surrounding white space"));
        }

        return text;
    }

    /// <summary>A text of 1 to <see cref="MaxNote"/> characters that may have lines, or absent.</summary>
    public string? Note(string path, string? text)
    {
        if (text is not null && (text.Length is 0 or > MaxNote || !Text.IsPlain(text.ReplaceLineEndings(" ").Replace('\t', ' '))))
        {
            Refuse(path, string.Create(CultureInfo.InvariantCulture, $"must be 1 to {MaxNote} characters without control characters other than line ends"));
        }

        return text;
    }

    /// <summary>
    /// A code of 1 to 64 letters and signs, or absent. It is kept for ever, so that it may not hold what somebody could want
    /// erased.
    /// </summary>
    public string? Code(string path, string? code)
    {
        if (code is not null && (code.Length is 0 or > MaxCode || !code.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.' or ':')))
        {
            Refuse(path, $"must be 1 to {MaxCode} of A-Z, a-z, 0-9, '-', '_', '.' and ':'; free text goes into the note");
        }

        return code;
    }

    /// <summary>A note that is kept beside the journal, or absent.</summary>
    public FreeText? FreeText(string path, string? text) => Note(path, text) is { } note ? new FreeText(note) : null;

    /// <summary>A list of at most <paramref name="max"/> entries; absent = empty.</summary>
    public IReadOnlyList<T> List<T>(string path, IReadOnlyList<T>? list, int max)
    {
        if (list?.Count > max)
        {
            Refuse(path, string.Create(CultureInfo.InvariantCulture, $"must have at most {max} entries"));
            return [];
        }

        return list ?? [];
    }
}
