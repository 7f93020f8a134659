using System.Collections.Concurrent;
using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Tests.Domain.Model;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Tests.Histories;

/// <summary>
/// Many clients that ask a few accounts at once, all drawn from one seed: which threads meet where is not. Each writes down what
/// it did and what came back.
/// </summary>
internal sealed class Crowd
{
    public const int Clients = 8;

    private const int StepsPerClient = 45;
    private const int KeysRemembered = 12;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly ConcurrentDictionary<int, Operation?> waiting = new();
    private readonly Stage stage;
    private readonly Customer[] customers;
    private readonly ConcurrentQueue<string> surprises = new();
    private long clock;

    public Crowd(int seed, Stage stage, Currency currency, int accounts)
    {
        this.stage = stage;
        customers = [.. Enumerable.Range(0, accounts).Select(number => new Customer(
            AccountId.Parse($"C{number}"), new StepMaker(new Random(unchecked((seed * 31) + number)), currency)))];
        Seed = seed;
    }

    public int Seed { get; }

    /// <summary>What went through, by customer, time included.</summary>
    public IEnumerable<(AccountId Id, IReadOnlyList<Operation> History)> Histories =>
        customers.Select(customer => (customer.Id, (IReadOnlyList<Operation>)[.. customer.History.OrderBy(operation => operation.Invoked)]));

    /// <summary>Failures that no request may end in.</summary>
    public IReadOnlyCollection<string> Surprises => surprises;

    /// <summary>Opens the accounts, lets the clients loose, and looks at every account once all is quiet.</summary>
    public async Task PlayAsync(PutAccount opening)
    {
        foreach (var customer in customers)
        {
            await InsistAsync(customer, new Operation.Act.Ask(opening, "opening"));
        }

        try
        {
            await Task.WhenAll(Enumerable.Range(1, Clients).Select(client => Task.Run(() => ActAsync(client)))).WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            surprises.Enqueue($"After {Patience.TotalSeconds:0} s these have no answer:\n{string.Join('\n', waiting.Values.Where(operation => operation is not null))}");
            return;
        }

        stage.Calm();
        foreach (var customer in customers)
        {
            await InsistAsync(customer, new Operation.Act.Ask(new RunDue(), null));
            await InsistAsync(customer, new Operation.Act.Read());
        }
    }

    private async Task ActAsync(int client)
    {
        var random = new Random(unchecked((Seed * 1009) + client));
        for (var step = 0; step < StepsPerClient && surprises.IsEmpty; step++)
        {
            var customer = customers[random.Next(customers.Length)];
            switch (customer.Next(random))
            {
                case Step.Ask ask:
                    await AskAsync(client, customer, random, ask.Command);
                    break;
                case Step.Wait wait when random.Next(customers.Length) == 0:
                    Pass(client, wait.Time);
                    break;
                case Step.Sweep:
                    await DoAsync(client, customer, new Operation.Act.Ask(new RunDue(), null), CancellationToken.None);
                    break;
                default:
                    await DoAsync(client, customer, new Operation.Act.Read(), CancellationToken.None);
                    break;
            }
        }
    }

    private async Task AskAsync(int client, Customer customer, Random random, AccountCommand command)
    {
        if (command is ReserveCredit reserve && random.Next(4) == 0)
        {
            command = reserve with { ReservationId = null };
        }

        var act = new Operation.Act.Ask(command, command is CheckCredit || random.Next(4) == 0 ? null : customer.NewKey());
        if (random.Next(5) == 0 && customer.Known(random) is { } known)
        {
            // The same again, or a key that was used for something else.
            act = random.Next(2) == 0 ? known : act with { Key = known.Key };
        }

        if (act.Key is not null)
        {
            customer.Remember(act);
        }

        using var patience = new CancellationTokenSource();
        if (random.Next(30) == 0)
        {
            await patience.CancelAsync();
        }

        for (var attempt = 0; attempt < 3; attempt++)
        {
            // Who was told nothing asks again under the same key; without one nobody can.
            if (await DoAsync(client, customer, act, attempt == 0 ? patience.Token : CancellationToken.None) || act.Key is null)
            {
                return;
            }
        }
    }

    private void Pass(int client, TimeSpan time)
    {
        var invoked = Interlocked.Increment(ref clock);
        var act = new Operation.Act.Pass(stage.Business.Pass(time));
        var passed = new Operation(client, act, invoked) { Returned = Interlocked.Increment(ref clock) };
        Array.ForEach(customers, customer => customer.History.Enqueue(passed));
    }

    /// <summary>Until it is answered.</summary>
    private async Task InsistAsync(Customer customer, Operation.Act act)
    {
        for (var attempt = 0; attempt < 10; attempt++)
        {
            if (await DoAsync(0, customer, act, CancellationToken.None))
            {
                return;
            }

            await Task.Yield();
        }

        surprises.Enqueue($"{customer.Id} does not answer {act} any more.");
    }

    /// <summary>True when it was answered; what is busy has done nothing, and what is unknown may have.</summary>
    private async Task<bool> DoAsync(int client, Customer customer, Operation.Act act, CancellationToken cancellation)
    {
        var node = stage.Nodes[client % stage.Nodes.Count];
        var operation = new Operation(client, act, Interlocked.Increment(ref clock));
        waiting[client] = operation;
        try
        {
            var answer = act is Operation.Act.Ask ask
                ? AnswerText.Of(await node.AskAsync(customer.Id, ask.Command, OptionsFor(client, ask), cancellation))
                : AnswerText.Of(await node.ReadAsync(customer.Id, cancellation));
            customer.History.Enqueue(operation with { Returned = Interlocked.Increment(ref clock), Answer = answer });
            return true;
        }
        catch (AccountBusyException)
        {
            return false;
        }
        catch (Exception unknown) when (unknown is OutcomeUnknownException or AccountUnavailableException or OperationCanceledException)
        {
            customer.History.Enqueue(operation);
            return false;
        }
        catch (Exception unexpected)
        {
            // Whatever it is, no client may meet it: it becomes the test's failure, with who met it where.
            surprises.Enqueue(string.Join(' ', customer.Id, operation, unexpected));
            return true;
        }
        finally
        {
            waiting[client] = null;
        }
    }

    // Named one by one: rows of two nodes that decided the same for the same caller at the same instant would be equal to the byte.
    private static AskOptions OptionsFor(int client, Operation.Act.Ask ask) =>
        new($"client-{client}", ask.Key is { } key ? new CommandKey(ask.Command.GetType().Name, key) : null, Bulk: ask.Command is RunDue);

    private sealed class Customer(AccountId id, StepMaker steps)
    {
        private readonly Lock gate = new();
        private readonly Queue<Operation.Act.Ask> known = new();
        private int keys;

        public AccountId Id => id;

        public ConcurrentQueue<Operation> History { get; } = new();

        public string NewKey() => $"k{Interlocked.Increment(ref keys)}";

        public Step Next(Random random)
        {
            lock (gate)
            {
                return random.Next(10) == 0 ? new Step.Sleep(false) : steps.Make(1).Single();
            }
        }

        public void Remember(Operation.Act.Ask act)
        {
            lock (gate)
            {
                known.Enqueue(act);
                if (known.Count > KeysRemembered)
                {
                    known.Dequeue();
                }
            }
        }

        public Operation.Act.Ask? Known(Random random)
        {
            lock (gate)
            {
                return known.Count == 0 ? null : known.ElementAt(random.Next(known.Count));
            }
        }
    }
}
