using System.Text.Json;
using ArCredit.Accounts.Journal;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Verify;

/// <summary>What was stored may be anything by now: reading it must tell that, not end the run.</summary>
internal static class BrokenRecord
{
    /// <summary>Null when it went well; else what kept it from it.</summary>
    public static string? Try(Action read)
    {
        try
        {
            read();
            return null;
        }
        catch (Exception broken) when (broken is InvariantException or NewerSchemaException)
        {
            return broken.Message;
        }
        catch (Exception broken) when (broken is JsonException or FormatException or ArgumentException or KeyNotFoundException or OverflowException
            or InvalidOperationException or NotSupportedException or NullReferenceException)
        {
            // Its message may quote the record.
            return $"It cannot be read ({broken.GetType().Name}).";
        }
    }
}
