using ArCredit.Platform.Journal.Commit;

namespace ArCredit.Accounts.Tests.Histories;

/// <summary>
/// The real writer over a line that breaks: before the batch is sent, after it is committed, while it is read back; and over
/// a disk that sometimes takes longer than anybody waits.
/// </summary>
internal sealed class UnreliableWriter(IBatchWriter real, Faults faults, Action passDeadline) : IBatchWriter
{
    public bool IsOpen => real.IsOpen;

    public void Open() => real.Open();

    public void Close() => real.Close();

    public void Dispose() => real.Dispose();

    public BatchAnswer Write(Batch batch)
    {
        if (faults.Strike(0.04))
        {
            throw new LineCutException();
        }

        if (faults.Strike(0.03))
        {
            throw new NotTakenException();
        }

        if (faults.Strike(0.01))
        {
            passDeadline();
        }

        var answer = real.Write(batch);
        if (faults.Strike(0.01))
        {
            passDeadline();
        }

        return faults.Strike(0.05) ? throw new LineCutException() : answer;
    }

    public byte[]?[] ReadBack(Batch batch) => faults.Strike(0.1) ? throw new LineCutException() : real.ReadBack(batch);

    public Failure Classify(Exception error) => error switch
    {
        LineCutException => new Failure(FailureKind.Unknown, error.Message),
        NotTakenException => new Failure(FailureKind.RolledBack, error.Message),
        _ => real.Classify(error),
    };

    private sealed class LineCutException() : IOException("The line was cut.");

    private sealed class NotTakenException() : IOException("The database did not take it.");
}
