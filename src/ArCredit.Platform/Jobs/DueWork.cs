namespace ArCredit.Platform.Jobs;

/// <summary>Something due: which work, and at which business instant it runs.</summary>
internal sealed record DueTurn(IScheduledWork Work, DateTimeOffset At);

/// <summary>Finds and runs what business time has made due.</summary>
internal sealed class DueWork(IEnumerable<IScheduledWork> works, WorkProgress progress)
{
    /// <summary>All works in the order they were registered.</summary>
    public IReadOnlyList<IScheduledWork> Works { get; } = [.. works];

    /// <summary>
    /// One sweep over time for all or some works. A work whose leftover stays due after it ran is not asked for it again in
    /// the same sweep, or the sweep would never end.
    /// </summary>
    public Sweep Begin(params IReadOnlyList<IScheduledWork> swept) => new(swept.Count == 0 ? Works : swept, progress);

    internal sealed class Sweep(IReadOnlyList<IScheduledWork> works, WorkProgress progress)
    {
        private readonly Dictionary<string, DateTimeOffset> done = new(StringComparer.Ordinal);
        private readonly HashSet<string> leftoversRun = new(StringComparer.Ordinal);

        /// <summary>The earliest turn due at or before <paramref name="until"/>; <paramref name="now"/> is where unknown works start.</summary>
        public async Task<DueTurn?> NextAsync(DateTimeOffset now, DateTimeOffset until, CancellationToken cancellation)
        {
            DueTurn? earliest = null;
            foreach (var work in works)
            {
                if (!done.TryGetValue(work.Name, out var from))
                {
                    from = await progress.ReadAsync(work.Name, now, cancellation);
                    done[work.Name] = from;
                }

                var due = await work.NextAsync(from, until, cancellation);
                if (due is not { } at || (at <= from && leftoversRun.Contains(work.Name)))
                {
                    continue;
                }

                at = at < from ? from : at;
                if (earliest is null || at < earliest.At)
                {
                    earliest = new DueTurn(work, at);
                }
            }

            return earliest;
        }

        /// <summary>Runs a turn and records it.</summary>
        public async Task RunAsync(DueTurn turn, CancellationToken cancellation)
        {
            var name = turn.Work.Name;
            await turn.Work.RunAsync(turn.At, cancellation);
            if (turn.At > done[name])
            {
                await progress.MarkAsync(name, turn.At, cancellation);
                done[name] = turn.At;
                leftoversRun.Remove(name);
            }
            else
            {
                leftoversRun.Add(name);
            }
        }
    }
}
