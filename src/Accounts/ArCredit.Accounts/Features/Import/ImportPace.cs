using ArCredit.Accounts.Actors;

namespace ArCredit.Accounts.Features.Import;

/// <summary>
/// Lets one import use what the tills leave. Its commits have a lane of their own, but processors and threads are shared: some
/// hundred lines at once would stand in every till's way. While tills are served a few lines are taken together, then the
/// import rests for three times as long as they took, which is longer the busier the machine is.
/// </summary>
internal sealed class ImportPace(TillActivity tills, TimeProvider technical)
{
    /// <summary>Lines taken together while tills are served.</summary>
    public const int Group = 32;

    private const int RestPerWork = 3;
    private static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(1);

    private readonly List<Task> group = new(Group);
    private long began;

    /// <summary>Call after each started line; completes when the next may start.</summary>
    public async Task AfterAsync(Task line, CancellationToken cancellation)
    {
        if (group.Count == 0)
        {
            began = technical.GetTimestamp();
        }

        group.Add(line);
        if (group.Count < Group)
        {
            return;
        }

        if (tills.IsRecent)
        {
            // A line that failed is told to who reads the lines; here only its end counts.
            await Task.WhenAny(Task.WhenAll(group)).WaitAsync(cancellation);
            var rest = technical.GetElapsedTime(began) * RestPerWork;
            await Task.Delay(rest < LongestRest ? rest : LongestRest, technical, cancellation);
        }

        group.Clear();
    }
}
