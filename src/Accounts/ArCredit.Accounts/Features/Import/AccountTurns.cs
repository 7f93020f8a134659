using ArCredit.Kernel;

namespace ArCredit.Accounts.Features.Import;

/// <summary>
/// Lines of one account are taken in the order of the file wherever their outcome could depend on each other. Lines that name
/// different documents may be under way together: one customer can be a quarter of a file, and a commit per line would make
/// the import wait for the disk thousands of times.
/// </summary>
internal sealed class AccountTurns
{
    private readonly Lock gate = new();
    private readonly Dictionary<AccountId, Queued> accounts = [];

    /// <summary>Starts a line's work after everything before it that it may depend on. Call in the order of the file.</summary>
    /// <param name="account">Whose line it is.</param>
    /// <param name="documents">The documents it touches; empty = its outcome may depend on every line before it.</param>
    /// <param name="work">What to do.</param>
    public Task<T> RunAsync<T>(AccountId account, IReadOnlyList<string> documents, Func<Task<T>> work)
    {
        var result = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var turn = new Turn(account);
        turn.Start = () => _ = FinishAsync(turn, work, result);
        bool ready;
        lock (gate)
        {
            if (!accounts.TryGetValue(account, out var queued))
            {
                // The first line also wakes the account; until then nothing would keep the others in order.
                accounts.Add(account, queued = new Queued());
                documents = [];
            }

            queued.Add(turn, documents);
            ready = turn.Waiting == 0;
        }

        if (ready)
        {
            turn.Start();
        }

        return result.Task;
    }

    private async Task FinishAsync<T>(Turn turn, Func<Task<T>> work, TaskCompletionSource<T> result)
    {
        try
        {
            result.SetResult(await work());
        }
        catch (Exception failure)
        {
            result.SetException(failure);
        }

        List<Turn> next;
        lock (gate)
        {
            next = turn.Finish();
            if (accounts[turn.Account].Leave(turn))
            {
                accounts.Remove(turn.Account);
            }
        }

        // Started one by one in the order of the file: tasks that wait for the same task would wake in any order.
        foreach (var follower in next)
        {
            follower.Start();
        }
    }

    private sealed class Turn(AccountId account)
    {
        private readonly List<Turn> followers = new(0);

        public AccountId Account { get; } = account;

        public Action Start { get; set; } = null!;

        public bool IsDone { get; private set; }

        public int Waiting { get; private set; }

        public void WaitFor(Turn? other)
        {
            // A line may name a document twice.
            if (other is { IsDone: false } && !ReferenceEquals(other, this))
            {
                other.followers.Add(this);
                Waiting++;
            }
        }

        /// <summary>Those who may start now.</summary>
        public List<Turn> Finish()
        {
            IsDone = true;
            return followers.FindAll(follower => --follower.Waiting == 0);
        }
    }

    private sealed class Queued
    {
        private const int MostRemembered = 1024;

        private readonly Dictionary<string, Turn> byDocument = new(StringComparer.Ordinal);
        private readonly HashSet<Turn> underWay = [];
        private Turn? barrier;

        public void Add(Turn turn, IReadOnlyList<string> documents)
        {
            if (documents.Count == 0)
            {
                foreach (var other in underWay)
                {
                    turn.WaitFor(other);
                }

                barrier = turn;
                byDocument.Clear();
            }
            else
            {
                turn.WaitFor(barrier);
                foreach (var document in documents)
                {
                    turn.WaitFor(byDocument.GetValueOrDefault(document));
                    byDocument[document] = turn;
                }
            }

            underWay.Add(turn);
            if (byDocument.Count > MostRemembered)
            {
                ForgetDone();
            }
        }

        /// <summary>True when nothing of the account is under way any more.</summary>
        public bool Leave(Turn turn) => underWay.Remove(turn) && underWay.Count == 0;

        private void ForgetDone()
        {
            foreach (var (document, turn) in byDocument)
            {
                if (turn.IsDone)
                {
                    byDocument.Remove(document);
                }
            }
        }
    }
}
