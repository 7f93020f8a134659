using System.Globalization;
using System.Numerics;
using ArCredit.Accounts.Domain.Decisions;
using ArCredit.Accounts.Domain.Policies;
using ArCredit.Kernel;
using Shouldly;
using Xunit;

namespace ArCredit.Accounts.Tests.Domain;

/// <summary>Conversions against exact fractions: a rate in either direction gives the half-even cent of the true quotient.</summary>
public sealed class ExchangeTests
{
    private static readonly Currency[] Currencies = [.. new[] { "EUR", "USD", "JPY", "KWD", "CLF" }.Select(Currency.Parse)];

    [Theory]
    [InlineData("1.53", 128)]
    [InlineData("1.65", 138)]
    [InlineData("1.77", 148)]
    [InlineData("1.50", 125)]
    public void Half_a_cent_at_an_inverse_rate_goes_to_the_even_cent(string sale, long cents)
    {
        var story = new AccountBuilder().WithLimit(1000).WithRate("EUR", "USD", "2026-03-01", 1.2m).Open();
        var amount = decimal.Parse(sale, CultureInfo.InvariantCulture);
        story.Check(amount, of: "USD").Facts.Credit.ShouldBe(cents);
        story.Reserve("R-1", amount, of: "USD").ExposureAfter.ShouldBe(cents);
        story.Exposure.Orders.ShouldBe(cents);
        story.Capture("R-1", "I-1");
        story.Exposure.OpenInvoices.ShouldBe(cents);
        story.Pay("P-1", amount, of: "USD", clearsOn: "2026-03-09");
        story.Exposure.Uncleared.ShouldBe(cents);
    }

    [Theory]
    [InlineData("450.45", "1.2", "1.25", 1502)]
    [InlineData("-450.45", "1.2", "1.25", -1502)]
    [InlineData("450.45", "1.25", "1.2", -1502)]
    [InlineData("450.75", "1.2", "1.25", 1502)]
    public void Half_a_cent_of_a_realised_difference_goes_to_the_even_cent(string amount, string now, string then, long cents)
    {
        var (eur, units) = (Currency.Parse("EUR"), (long)(decimal.Parse(amount, CultureInfo.InvariantCulture) * 100));
        var (rate, posted) = (1 / decimal.Parse(now, CultureInfo.InvariantCulture), 1 / decimal.Parse(then, CultureInfo.InvariantCulture));
        Exchange.DifferenceToMinor(units, 2, rate, posted, eur).ShouldBe(cents);
        Exchange.DifferenceToMinor(units * 1000, 5, rate, posted, eur).ShouldBe(cents);
    }

    [Fact]
    public void A_policys_amount_at_an_inverse_rate_is_rounded_from_the_exact_quotient_too()
    {
        var story = new AccountBuilder().In("USD", ofCompany: "EUR").WithPolicy(new CreditPolicy { CreditLimit = 1.53m })
            .WithRate("USD", "EUR", "2026-03-01", 1.2m).Open();
        story.View.Limit.ShouldBe(128);
        EffectiveLimit.PolicyAmount(0.0042m, Currency.Parse("USD"), 1 / 0.56m).ShouldBe(1, "0.75 of a cent");
        EffectiveLimit.PolicyAmount(0.0042m, Currency.Parse("USD"), 1 / 0.84m).ShouldBe(0, "half a cent");
    }

    [Fact]
    public void Every_conversion_is_the_exact_value_rounded_half_to_even()
    {
        var random = new Random(20260302);
        var ties = 0;
        for (var i = 0; i < 200_000; i++)
        {
            var (from, to) = (Currencies[random.Next(Currencies.Length)], Currencies[random.Next(Currencies.Length)]);
            var published = Published(random);
            var inverse = random.Next(2) == 0;
            var minor = Amount(random, published, inverse, from, to);
            var (up, down) = (Units(published), BigInteger.Pow(10, Exchange.RateDecimals));
            (up, down) = inverse ? (down, up) : (up, down);
            var dividend = minor * up * BigInteger.Pow(10, to.Decimals);
            var divisor = down * BigInteger.Pow(10, from.Decimals);
            var expected = HalfEven(dividend, divisor, out var tie);
            ties += tie ? 1 : 0;
            if (expected > long.MaxValue)
            {
                Should.Throw<OverflowException>(() => Exchange.ToMinor(minor, from.Decimals, inverse ? 1m / published : published, to));
                continue;
            }

            var rate = inverse ? 1m / published : published;
            var why = string.Create(CultureInfo.InvariantCulture, $"{minor} minor {from} in {to}, published {published}, inverse {inverse}");
            Exchange.ToMinor(minor, from.Decimals, rate, to).ShouldBe((long)expected, why);
            Exchange.ToMinor(-minor, from.Decimals, rate, to).ShouldBe(-(long)expected, why);
            if (!ReferenceEquals(from, to))
            {
                Exchange.ToMinor(Money.ToDecimal(minor, from), rate, to).ShouldBe((long)expected, why);
            }
        }

        // Without ties the two ways of rounding would agree anyway.
        ties.ShouldBeGreaterThan(10_000);
    }

    [Fact]
    public void The_inverse_of_every_published_rate_is_told_from_all_others()
    {
        var random = new Random(7);
        for (var i = 0; i < 100_000; i++)
        {
            var published = Published(random);
            var rate = 1m / published;

            // Neighbours differ by one in the last decimal; their inverses must, too, or the rate could not be found again.
            (1m / (published + 0.0000000001m)).ShouldNotBe(rate);
            if (decimal.Round(rate, Exchange.RateDecimals, MidpointRounding.ToEven) == rate)
            {
                (rate * published).ShouldBe(1m, "a short inverse is an exact one");
            }
        }
    }

    [Fact]
    public void A_rate_that_is_no_inverse_is_multiplied()
    {
        Exchange.ToMinor(100_00, 2, 0.123456789012m, Currency.Parse("USD")).ShouldBe(12_35);
        Exchange.ToMinor(100.00m, 1.1000000000000000m, Currency.Parse("USD")).ShouldBe(110_00);
        Exchange.ToMinor(100_00, 2, 0m, Currency.Parse("USD")).ShouldBe(0);
        new Money(12_34, Currency.Parse("USD")).Convert(1m, Currency.Parse("KWD")).Minor.ShouldBe(12_340);
        new Money(12_35, Currency.Parse("USD")).Convert(1m, Currency.Parse("JPY")).Minor.ShouldBe(12);
        Should.Throw<OverflowException>(() => new Money(long.MaxValue, Currency.Parse("USD")).Convert(2m, Currency.Parse("EUR")));
    }

    /// <summary>Any number of decimals up to ten, from 0.0000000001 to 10^8, round ones more often.</summary>
    private static decimal Published(Random random)
    {
        var units = random.Next(3) switch
        {
            0 => random.NextInt64(1, 10_000) * (long)Math.Pow(10, random.Next(0, 14)),
            1 => random.NextInt64(1, 1_000_000_000_000_000_000),
            _ => (long)Math.Exp(random.NextDouble() * Math.Log(1e18)),
        };
        return new decimal(Math.Min(units, 1_000_000_000_000_000_000)) / 10_000_000_000m;
    }

    /// <summary>Half of them near a tie: where exactly half a minor unit of the target can be met, it is.</summary>
    private static long Amount(Random random, decimal published, bool inverse, Currency from, Currency to)
    {
        var plain = random.NextInt64(0, random.Next(2) == 0 ? 100_000 : Money.MaxMinor);
        if (random.Next(2) == 0)
        {
            return plain;
        }

        // minor × step ÷ of = (odd) ÷ 2 has a solution when, reduced, the divisor is even and the rest of it divides the amount.
        var (up, down) = (Units(published), BigInteger.Pow(10, Exchange.RateDecimals));
        (up, down) = inverse ? (down, up) : (up, down);
        var (step, of) = (2 * up * BigInteger.Pow(10, to.Decimals), down * BigInteger.Pow(10, from.Decimals));
        var least = of / BigInteger.GreatestCommonDivisor(step, of);
        var near = least * random.Next(1, 1000);
        return near > Money.MaxMinor ? plain : (long)near;
    }

    private static BigInteger Units(decimal published) => (BigInteger)(published * 10_000_000_000m);

    private static BigInteger HalfEven(BigInteger dividend, BigInteger divisor, out bool tie)
    {
        var floor = BigInteger.DivRem(dividend, divisor, out var rest);
        tie = rest * 2 == divisor;
        return rest * 2 > divisor || (tie && !floor.IsEven) ? floor + 1 : floor;
    }
}
