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
    public async Task<T> RunAsync<T>(AccountId account, IReadOnlyList<string> documents, Func<Task<T>> work)
    {
        var done = new TaskCompletionSource();
        Queued? queued;
        Task[] before;
        lock (gate)
        {
            if (!accounts.TryGetValue(account, out queued))
            {
                // The first line also wakes the account; until then nothing would keep the others in order.
                accounts.Add(account, queued = new Queued());
                documents = [];
            }

            before = queued.Before(documents);
            queued.Add(documents, done.Task);
        }

        try
        {
            foreach (var task in before)
            {
                await task;
            }

            return await work();
        }
        finally
        {
            lock (gate)
            {
                if (queued.Leave())
                {
                    accounts.Remove(account);
                }
            }

            done.SetResult();
        }
    }

    private sealed class Queued
    {
        private const int MostRemembered = 1024;

        private readonly Dictionary<string, Task> byDocument = new(StringComparer.Ordinal);
        private readonly List<Task> all = [];
        private Task barrier = Task.CompletedTask;
        private int underWay;

        // The barrier is awaited by itself and first: what waits for one task goes on in the order in which it came.
        public Task[] Before(IReadOnlyList<string> documents)
        {
            all.RemoveAll(task => task.IsCompleted);
            return documents.Count == 0
                ? [.. all]
                : [barrier, .. documents.Select(document => byDocument.GetValueOrDefault(document)).OfType<Task>()];
        }

        public void Add(IReadOnlyList<string> documents, Task done)
        {
            underWay++;
            all.Add(done);
            if (documents.Count == 0)
            {
                barrier = done;
                byDocument.Clear();
            }

            foreach (var document in documents)
            {
                byDocument[document] = done;
            }

            if (byDocument.Count > MostRemembered)
            {
                foreach (var (document, task) in byDocument)
                {
                    if (task.IsCompleted)
                    {
                        byDocument.Remove(document);
                    }
                }
            }
        }

        public bool Leave() => --underWay == 0;
    }
}
