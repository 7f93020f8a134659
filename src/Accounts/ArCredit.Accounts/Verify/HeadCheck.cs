using ArCredit.Platform.Verify;

namespace ArCredit.Accounts.Verify;

/// <summary>Heads exported earlier against the journal: a chain shows no cut at its end and no account that is gone as a whole.</summary>
internal sealed class HeadCheck(VerifyRun run, VerifyRequest request) : IAsyncDisposable
{
    private const string Subject = "heads";
    private readonly IAsyncEnumerator<AccountHead>? exported = request.Heads?.GetAsyncEnumerator(run.Cancellation);
    private AccountHead? next;
    private AccountHead? open;
    private bool isStarted;

    /// <summary>An account begins; heads of accounts before it are of accounts that are gone. Null = there are no more.</summary>
    public async ValueTask BeginAsync(string? account)
    {
        open = null;
        if (exported is null)
        {
            return;
        }

        if (!isStarted)
        {
            isStarted = true;
            await MoveAsync();
        }

        while (next is { } head && (account is null || Utf8Order.Compare(head.Account, account) < 0))
        {
            if (request.Account is null || request.Account == head.Account)
            {
                run.Counts.Heads++;
                run.Found(head.Account, head.Version, Subject, "the account is gone, exported was this version of it");
            }

            await MoveAsync();
        }

        if (next is { } mine && mine.Account == account)
        {
            run.Counts.Heads++;
            open = mine;
            await MoveAsync();
        }
    }

    /// <summary>The account's next row.</summary>
    public void Add(JournalLine line)
    {
        if (open?.Version == line.Row.Version)
        {
            if (!open.Hash.AsSpan().SequenceEqual(line.Row.Hash))
            {
                run.Found(
                    open.Account, open.Version, Subject, $"exported was the hash {SnapshotCheck.Short(open.Hash)}, the journal has {SnapshotCheck.Short(line.Row.Hash)}");
            }

            open = null;
        }
    }

    /// <summary>The account is over.</summary>
    public void End(AccountHead head)
    {
        if (open is { } beyond)
        {
            run.Found(
                beyond.Account, beyond.Version, Subject,
                beyond.Version > head.Version ? $"the end is cut off: the journal ends at version {head.Version}" : "the journal has no such row");
        }

        run.Observer.Head(head);
    }

    public ValueTask DisposeAsync() => exported?.DisposeAsync() ?? ValueTask.CompletedTask;

    private async ValueTask MoveAsync() => next = await exported!.MoveNextAsync() ? exported.Current : null;
}
