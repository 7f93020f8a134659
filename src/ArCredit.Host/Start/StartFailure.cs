using System.Data.Common;
using ArCredit.Platform.Data;
using ArCredit.Platform.Start;
using Microsoft.Extensions.Options;

namespace ArCredit.Host.Start;

/// <summary>What an operator reads when the host does not start: one line, and an exit code.</summary>
internal static class StartFailure
{
    private const int Refused = 1;
    private const int Misused = 2;

    /// <summary>Null for a failure that is our own fault and deserves its stack trace.</summary>
    public static (int ExitCode, string Line)? Explain(Exception failure) => failure switch
    {
        SettingException => (Misused, failure.Message),
        DurabilityException or DatabaseInUseException or MigrationException or OptionsValidationException => (Refused, failure.Message),
        DbException => (Refused, $"The database cannot be used: {failure.Message}"),
        UnauthorizedAccessException or IOException => (Refused, failure.Message),
        AggregateException several when several.InnerExceptions.Count > 0 => Explain(several.InnerExceptions[0]),
        _ => null,
    };
}
