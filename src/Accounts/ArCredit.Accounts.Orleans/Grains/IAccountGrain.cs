using ArCredit.Accounts.Orleans.Wire;
using Orleans;

namespace ArCredit.Accounts.Orleans.Grains;

/// <summary>One customer; the key is the account's id.</summary>
[Alias("arcredit.account")]
internal interface IAccountGrain : IGrainWithStringKey
{
    /// <summary>Asks the account.</summary>
    [Alias("ask")]
    Task<AccountReply> AskAsync(AccountQuestion question, CancellationToken cancellation);

    /// <summary>The account as committed.</summary>
    /// <param name="patience">What is left of the caller's deadline.</param>
    /// <param name="cancellation">The caller has gone.</param>
    [Alias("read")]
    Task<AccountReply> ReadAsync(TimeSpan patience, CancellationToken cancellation);
}
