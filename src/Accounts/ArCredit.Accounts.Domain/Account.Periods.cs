using System.Globalization;
using ArCredit.Accounts.Contracts;

namespace ArCredit.Accounts.Domain;

/// <summary>Accounting periods that finance has closed.</summary>
public sealed partial class Account
{
    /// <summary>A refusal when the day is in a closed period, unless the caller wants the first open day then.</summary>
    private static Verdict.Refuse? InOpenPeriod(AccountCommand command, Standing stand, ref DateOnly postedOn)
    {
        var open = stand.Company.FirstOpenDay(postedOn);
        if (open != postedOn && !command.NextOpenDay)
        {
            var month = postedOn.ToString("yyyy-MM", CultureInfo.InvariantCulture);
            return new Verdict.Refuse(
                RefusalCode.PeriodClosed, $"The period {month} is closed; the first open day is {open.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}.");
        }

        postedOn = open;
        return null;
    }
}
