using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace ArCredit.Kernel;

/// <summary>An ISO 4217 currency that money can be held in: its code and its number of decimals (0 to 4).</summary>
public sealed class Currency : IEquatable<Currency>
{
    // ISO 4217 list one, active codes by number of decimals; funds, metals and test codes hold no customer's money and are left out.
    private const string TwoDecimals =
        "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP CVE CZK " +
        "DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK " +
        "LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON " +
        "RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST " +
        "XCD XCG YER ZAR ZMW ZWG";

    private const string NoDecimals = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF";
    private const string ThreeDecimals = "BHD IQD JOD KWD LYD OMR TND";
    private const string FourDecimals = "CLF UYW";

    private static readonly FrozenDictionary<string, Currency> Known = Build();

    private Currency(string code, int decimals)
    {
        Code = code;
        Decimals = decimals;
        for (var i = 0; i < decimals; i++)
        {
            MinorPerMajor *= 10;
        }
    }

    /// <summary>The three-letter code, upper case.</summary>
    public string Code { get; }

    /// <summary>Digits behind the decimal point, 0 to 4.</summary>
    public int Decimals { get; }

    /// <summary>Minor units in one major unit: 1, 10, 100, 1000 or 10000.</summary>
    public long MinorPerMajor { get; } = 1;

    /// <summary>The currency of a code in exact upper case; false when ISO 4217 does not list it.</summary>
    public static bool TryParse(string? code, [NotNullWhen(true)] out Currency? currency)
    {
        currency = null;
        return code is not null && Known.TryGetValue(code, out currency);
    }

    /// <summary>The currency of a code known to be valid. Throws <see cref="ArgumentException"/> otherwise.</summary>
    public static Currency Parse(string code) =>
        TryParse(code, out var currency) ? currency : throw new ArgumentException($"'{code}' is not an ISO 4217 currency code.", nameof(code));

    /// <inheritdoc/>
    public bool Equals(Currency? other) => ReferenceEquals(this, other);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => ReferenceEquals(this, obj);

    /// <inheritdoc/>
    public override int GetHashCode() => Code.GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc/>
    public override string ToString() => Code;

    private static FrozenDictionary<string, Currency> Build()
    {
        var all = new Dictionary<string, Currency>(StringComparer.Ordinal);
        foreach (var (codes, decimals) in new[] { (NoDecimals, 0), (TwoDecimals, 2), (ThreeDecimals, 3), (FourDecimals, 4) })
        {
            foreach (var code in codes.Split(' '))
            {
                all.Add(code, new Currency(code, decimals));
            }
        }

        return all.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
