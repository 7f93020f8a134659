using ArCredit.Bench.Databases;
using ArCredit.Bench.Load;

namespace ArCredit.Bench.Arms;

/// <summary>What is found where the arm keeps its decisions.</summary>
/// <param name="Approved">Rows of approvals.</param>
/// <param name="Declined">Rows of declines.</param>
/// <param name="Faults">What is wrong with them; empty when all is well.</param>
internal sealed record Books(long Approved, long Declined, IReadOnlyList<string> Faults);

/// <summary>Something that takes the load: started once, warmed up once, measured round by round, checked at the end.</summary>
internal abstract class Arm(string name, string title) : IAsyncDisposable
{
    private long acknowledged;
    private long cut;

    /// <summary>For the command line.</summary>
    public string Name { get; } = name;

    /// <summary>For the table.</summary>
    public string Title { get; } = title;

    /// <summary>CPU time of the server's process.</summary>
    public abstract TimeSpan CpuTime { get; }

    /// <summary>Sets up its database, starts its process and fills in the accounts.</summary>
    public abstract Task StartAsync(CancellationToken cancellation);

    /// <summary>One measurement, with what it left to be done.</summary>
    public async Task<Sample> MeasureAsync(Run run, BenchPostgres postgres, CancellationToken cancellation)
    {
        await postgres.CalmDownAsync(cancellation);
        var (server, database) = (CpuTime, postgres.CpuTime);
        var load = await LoadAsync(run, cancellation);
        if (load.Broken > 0 || load.Refused > 0)
        {
            throw new BenchException($"{Title}: {load.Refused} answers above 399, {load.Broken} broken connections or timeouts of {load.Answered} answers. {await ExplainAsync(run, cancellation)}");
        }

        acknowledged += load.Acknowledged;
        cut += load.Sent - load.Answered;
        var ended = TimeProvider.System.GetTimestamp();
        await SettleAsync(cancellation);
        return new Sample(load, CpuTime - server, postgres.CpuTime - database, TimeProvider.System.GetElapsedTime(ended));
    }

    /// <summary>Operations that something else than <see cref="MeasureAsync"/> had acknowledged.</summary>
    public void Expect(long more) => acknowledged += more;

    /// <summary>Every acknowledged operation is there, and nothing that was not asked for; what else is wrong with the books.</summary>
    public async Task<string> CheckAsync(CancellationToken cancellation)
    {
        if (await ReadBooksAsync(cancellation) is not { } books)
        {
            return $"{acknowledged:N0} acknowledged, keeps nothing";
        }

        // Load that ends by the clock leaves requests under way whose answer nobody reads: at most one per connection.
        var more = books.Approved + books.Declined - acknowledged;
        var faults = books.Faults.ToList();
        if (more < 0)
        {
            faults.Add($"{-more:N0} rows are missing");
        }
        else if (more > cut)
        {
            faults.Add($"{more - cut:N0} rows are there that nobody asked for");
        }

        return faults.Count == 0
            ? $"{acknowledged:N0} acknowledged, {books.Approved:N0} approved + {books.Declined:N0} declined rows; {more:N0} of the {cut:N0} requests that were under way when the load ended"
            : throw new BenchException($"{Title}: {string.Join("; ", faults)}");
    }

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();

    /// <summary>Sends load for as long as the run says.</summary>
    protected abstract Task<LoadCount> LoadAsync(Run run, CancellationToken cancellation);

    /// <summary>Returns when nothing of the load is left to be done behind the answers.</summary>
    protected virtual Task SettleAsync(CancellationToken cancellation) => Task.CompletedTask;

    /// <summary>Null for an arm that keeps nothing.</summary>
    protected abstract Task<Books?> ReadBooksAsync(CancellationToken cancellation);

    /// <summary>Why requests fail, as one of them is told.</summary>
    protected virtual Task<string> ExplainAsync(Run run, CancellationToken cancellation) => Task.FromResult(string.Empty);
}
