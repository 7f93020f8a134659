namespace ArCredit.Bench.Load;

/// <summary>What the load generator counted.</summary>
/// <param name="Sent">Requests; those of the last moment are cut off without an answer.</param>
/// <param name="Answered">Complete answers, whatever their status.</param>
/// <param name="Refused">Those above 399.</param>
/// <param name="Broken">Connections that could not be made, read or written, and answers that took longer than 30 s.</param>
/// <param name="Elapsed">First request to last answer.</param>
internal readonly record struct LoadCount(long Sent, long Answered, long Refused, long Broken, TimeSpan Elapsed)
{
    /// <summary>Operations that were acknowledged.</summary>
    public long Acknowledged => Answered - Refused;
}
