using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain;
using ArCredit.Accounts.Journal;
using ArCredit.Accounts.Tests.Actors;
using ArCredit.Accounts.Tests.Domain;
using ArCredit.Accounts.Tests.Domain.Model;
using ArCredit.Kernel;
using ArCredit.Platform.Journal;

namespace ArCredit.Accounts.Tests.Histories;

/// <summary>Over a journal in memory that commits a few entries at a time, refuses some, and now and then lets everybody's deadline pass.</summary>
internal sealed class MemoryStage : Stage
{
    private readonly FakeJournal journal = new() { CommitsAtOnce = false };
    private readonly CancellationTokenSource stop = new();
    private readonly Task pump;

    private MemoryStage(int seed, ModelTerms terms, INodes hosts)
        : base(seed, terms, hosts, several: false) => pump = Task.Run(PumpAsync);

    public override IJournalReader Journal => journal;

    public static async Task<MemoryStage> StartAsync(int seed, ModelTerms terms, INodes hosts)
    {
        var stage = new MemoryStage(seed, terms, hosts);
        stage.AddNode(stage.journal, stage.journal, new Documents(stage.journal));
        await stage.StartNodesAsync();
        return stage;
    }

    public override async ValueTask DisposeAsync()
    {
        // The nodes first: what they have under way ends only while the journal works.
        await base.DisposeAsync();
        await stop.CancelAsync();
        await pump;
        stop.Dispose();
    }

    private async Task PumpAsync()
    {
        while (!stop.IsCancellationRequested)
        {
            // The longer it waits, the more is decided on what is not on disk.
            for (var turns = Faults.Next(60); turns > 0 || (journal.Pending == 0 && !stop.IsCancellationRequested); turns--)
            {
                await Task.Yield();
            }

            if (Faults.Strike(0.005))
            {
                Technical.Pass(BeyondDeadline);
            }

            journal.Flush(1 + Faults.Next(4), Faults.Strike(0.05) ? AppendOutcome.Fenced.Instance : null);
        }
    }

    private sealed class Documents(FakeJournal journal) : IDocumentReader
    {
        public Task<KnownDocument> ReadAsync(AccountId account, DocumentRequest request, long committedVersion, CancellationToken cancellation)
        {
            var paper = new PaperJournal();
            paper.Append([.. journal.RowsOf(account.Value).Select(row => EventCodec.Decode(row.Type, row.Schema, row.Payload.Span))], []);
            return Task.FromResult(paper.Read(request, null));
        }
    }
}
