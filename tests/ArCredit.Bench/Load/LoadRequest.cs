namespace ArCredit.Bench.Load;

/// <summary>One kind of request; only the account and the idempotency key change from one to the next.</summary>
/// <param name="PathBefore">Up to the account's number.</param>
/// <param name="PathAfter">Behind it.</param>
/// <param name="Accounts">How many accounts take turns at random: B100000 and following.</param>
/// <param name="Key">Bearer key.</param>
/// <param name="Body">JSON.</param>
internal sealed record LoadRequest(string PathBefore, string PathAfter, int Accounts, string Key, string Body)
{
    /// <summary>A till's question: 1.25 EUR until tomorrow.</summary>
    public const string ReserveBody = """{"kind":"pos","amount":1.25,"currency":"EUR","reference":"till-07","expiresInSeconds":86400}""";

    /// <summary>The same without earmarking.</summary>
    public const string CheckBody = """{"amount":1.25,"currency":"EUR","checkpoint":"pos","reference":"till-07"}""";

    /// <summary>A reservation of 1.25 EUR on one of the accounts whose ids begin so.</summary>
    public static LoadRequest Reserve(string prefix, int accounts, string key) => new($"/api/v1/accounts/{prefix}", "/reservations", accounts, key, ReserveBody);

    /// <summary>A credit check of the same amount.</summary>
    public static LoadRequest Check(string prefix, int accounts, string key) => new($"/api/v1/accounts/{prefix}", "/credit-checks", accounts, key, CheckBody);
}
