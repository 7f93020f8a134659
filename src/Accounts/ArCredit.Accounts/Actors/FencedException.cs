using ArCredit.Kernel;

namespace ArCredit.Accounts.Actors;

/// <summary>Another activation has written the account: nothing was decided here, and this activation must go.</summary>
internal sealed class FencedException(AccountId account) : Exception($"Another activation has written account {account}.");
