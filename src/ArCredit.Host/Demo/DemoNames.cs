namespace ArCredit.Host.Demo;

/// <summary>Made-up companies of three regions; no name is anybody's.</summary>
internal static class DemoNames
{
    private static readonly string[] Places = ["Xəzər", "Abşeron", "Şirvan", "Qarabağ", "Muğan", "Savalan", "Araz", "Kürdüstü", "Göygöl", "Şahdağ", "İpəkyolu", "Nərgiz"];
    private static readonly string[] Trades = ["Qida", "Tikinti", "Ticarət", "Logistika", "Mebel", "Tekstil", "Elektrik", "Aqro", "Kimya", "Market"];
    private static readonly string[] Houses = ["Nordwall", "Lindhag", "Bergholt", "Montreval", "Castelvino", "Vanderlinde", "Östermark", "Kaltbach", "Fiorano", "Grünfeld", "Aubrac", "Tavira"];
    private static readonly (string Trade, string Form, string Country)[] Europe =
    [
        ("Baustoffe", "GmbH", "DE"), ("Livs", "AB", "SE"), ("Distribution", "SAS", "FR"), ("Alimentari", "S.r.l.", "IT"), ("Groothandel", "B.V.", "NL"),
        ("Handel", "GmbH", "AT"), ("Hurtownia", "Sp. z o.o.", "PL"), ("Suministros", "S.L.", "ES"),
    ];
    private static readonly string[] Ridges = ["Blue Ridge", "Cedar Falls", "Granite Bay", "Prairie Star", "Lone Pine", "Harbor Point", "Red Mesa", "Silver Creek", "Maple Grove", "Iron Gate"];
    private static readonly string[] Lines = ["Foods", "Supply", "Restaurants", "Building Products", "Hardware", "Wholesale", "Markets", "Catering"];

    /// <summary>Name and country of the n-th customer of a currency; names repeat only after all words were used, with a number.</summary>
    public static (string Name, string Country) Of(string currency, int n)
    {
        switch (currency)
        {
            case "AZN":
                var az = $"{Places[n % Places.Length]} {Trades[n / Places.Length % Trades.Length]}";
                return (Numbered(az, n, Places.Length * Trades.Length) + (n % 7 == 0 ? " ASC" : " MMC"), "AZ");
            case "EUR":
                var (trade, form, country) = Europe[n / Houses.Length % Europe.Length];
                return ($"{Numbered($"{Houses[n % Houses.Length]} {trade}", n, Houses.Length * Europe.Length)} {form}", country);
            default:
                var us = $"{Ridges[n % Ridges.Length]} {Lines[n / Ridges.Length % Lines.Length]}";
                return (Numbered(us, n, Ridges.Length * Lines.Length) + (n % 3 == 0 ? " Inc." : " LLC"), "US");
        }
    }

    private static string Numbered(string name, int n, int words) => n < words ? name : $"{name} {(n / words) + 1}";
}
