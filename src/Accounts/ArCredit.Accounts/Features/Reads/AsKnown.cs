using ArCredit.Kernel;
using ArCredit.Platform.Http;
using Dapper;
using Microsoft.AspNetCore.Builder;

namespace ArCredit.Accounts.Features.Reads;

/// <summary>Which state of the ledger is asked for.</summary>
/// <param name="AsOf">What was posted on or before this day; null = everything.</param>
/// <param name="At">What was recorded at or before this instant; null = everything.</param>
internal readonly record struct AsKnown(DateOnly? AsOf, DateTimeOffset? At)
{
    /// <summary>Reads <c>asOf</c> and <c>knownAt</c>.</summary>
    public static AsKnown Read(QueryReader query) => new(query.Date("asOf"), query.Instant("knownAt"));

    /// <summary>The condition on an account's rows, with its parameters.</summary>
    public string Where(DynamicParameters parameters, AccountId account)
    {
        parameters.Add("account", account.Value);
        var where = "account_id = @account";
        if (AsOf is { } day)
        {
            parameters.Add("asOf", day);
            where += " and posted_on <= @asOf";
        }

        if (At is { } instant)
        {
            parameters.Add("knownAt", instant);
            where += " and recorded_at <= @knownAt";
        }

        return where;
    }

    /// <summary>Documents the two parameters.</summary>
    public static TBuilder Document<TBuilder>(TBuilder builder)
        where TBuilder : IEndpointConventionBuilder =>
        builder.HasQuery("asOf", typeof(DateOnly), "What was posted up to the end of this day; absent = everything.")
            .HasQuery("knownAt", typeof(DateTimeOffset), "What was recorded up to this instant; absent = everything.");
}

/// <summary>A sum of one currency.</summary>
/// <param name="Currency">The currency.</param>
/// <param name="Amount">Debits less credits.</param>
internal sealed record CurrencyTotal(Currency Currency, decimal Amount);

/// <summary>A sum as the database gives it.</summary>
internal sealed class TotalRow
{
    public string Currency { get; init; } = string.Empty;

    public long Amount { get; init; }

    public CurrencyTotal ToTotal()
    {
        var currency = Kernel.Currency.Parse(Currency);
        return new CurrencyTotal(currency, Money.ToDecimal(Amount, currency));
    }
}
