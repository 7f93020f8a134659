using System.Globalization;
using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Features.Import;
using ArCredit.Accounts.Reference;
using ArCredit.Kernel;
using ArCredit.Platform.Data;
using ArCredit.Platform.Time;
using Dapper;

namespace ArCredit.Host.Demo;

/// <summary>
/// Adds the portfolio before the first request is taken, when the installation is empty. A start that was cut short goes on
/// with the portfolio of the day it was begun on; everything in it is idempotent.
/// </summary>
internal sealed class DemoStart(
    IDatabase database, IAccounts accounts, IAccountImport import, IReferencePublisher reference, BusinessClock clock, TimeProvider technical)
    : IHostedService
{
    private const string By = "demo";
    private const string CompanyId = "main";

    private static readonly AskOptions Past = new(By, Bulk: true, History: true);
    private static readonly AskOptions Now = new(By, Bulk: true);

    /// <inheritdoc/>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var began = technical.GetTimestamp();
        if (reference.FindCompany(CompanyId) is not { } company || await BeginAsync(company.DateOf(clock.GetUtcNow()), cancellationToken) is not { } today)
        {
            return;
        }

        await reference.PublishRatesAsync(DemoReference.Rates(today), cancellationToken);
        foreach (var (scope, policy) in DemoReference.Policies(company))
        {
            await reference.PutPolicyAsync(scope, policy, By, cancellationToken);
        }

        var customers = DemoPortfolio.Make(today);
        foreach (var (kind, lines) in DemoLines.Of(customers))
        {
            await ImportAsync(kind, lines, cancellationToken);
        }

        await ForEachAsync(customers, BounceAsync, cancellationToken);
        await ImportAsync(ImportKind.Payments, DemoLines.PaidAgain(customers), cancellationToken);
        await ForEachAsync(customers, OpenAsync, cancellationToken);
        await FinishAsync(cancellationToken);
        await Console.Out.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"Demo: {customers.Count} customers and {customers.Sum(customer => customer.Invoices.Count):N0} invoices of two years up to {today:yyyy-MM-dd} added in {technical.GetElapsedTime(began).TotalSeconds:N1} s."));
    }

    /// <inheritdoc/>
    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>The day of the portfolio to add; null when there is nothing to add.</summary>
    private async Task<DateOnly?> BeginAsync(DateOnly today, CancellationToken cancellation)
    {
        await using var session = await database.BeginWriteAsync(cancellation);
        var begun = await session.Connection.QuerySingleOrDefaultAsync<(string Today, int Done)?>(
            "select today, done from demo_portfolio", transaction: session.Transaction);
        if (begun is { } known)
        {
            return known.Done == 1 ? null : DateOnly.ParseExact(known.Today, "yyyy-MM-dd", CultureInfo.InvariantCulture);
        }

        if (await session.Connection.ExecuteScalarAsync<int?>("select 1 from journal limit 1", transaction: session.Transaction) is not null)
        {
            await Console.Out.WriteLineAsync("Demo: nothing added, the installation has accounts of its own.");
            return null;
        }

        await session.Connection.ExecuteAsync(
            "insert into demo_portfolio (one, today, done) values (1, @today, 0)",
            new { today = today.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) }, session.Transaction);
        await session.CommitAsync(cancellation);
        return today;
    }

    private async Task FinishAsync(CancellationToken cancellation)
    {
        await using var session = await database.BeginWriteAsync(cancellation);
        await session.Connection.ExecuteAsync("update demo_portfolio set done = 1", transaction: session.Transaction);
        await session.CommitAsync(cancellation);
    }

    private async Task ImportAsync(ImportKind kind, byte[] lines, CancellationToken cancellation)
    {
        var request = new ImportRequest(kind, ImportFormat.Ndjson, By) { History = true, Company = CompanyId, MayChangeLimits = true };
        await foreach (var line in import.RunAsync(request, new MemoryStream(lines, writable: false), cancellation))
        {
            if (line.Outcome is ImportOutcome.Conflict or ImportOutcome.Refused)
            {
                throw new InvariantException($"Demo line {line.Line} of {kind} ({line.Id}) was {line.Outcome}: {line.Error?.Code} {line.Error?.Message}");
            }
        }
    }

    private static Task ForEachAsync(
        IReadOnlyList<DemoCustomer> customers, Func<DemoCustomer, CancellationToken, ValueTask> work, CancellationToken cancellation) =>
        Parallel.ForEachAsync(customers, new ParallelOptions { MaxDegreeOfParallelism = 64, CancellationToken = cancellation }, work);

    private async ValueTask BounceAsync(DemoCustomer customer, CancellationToken cancellation)
    {
        foreach (var payment in customer.Invoices.SelectMany(invoice => invoice.Payments))
        {
            if (payment.BouncedOn is { } on)
            {
                await AskAsync(customer, new ReversePayment(DocumentNumber.Parse(payment.Id), ReversalReason.Bounced, on, null), Past, cancellation);
            }
        }
    }

    /// <summary>What is open today: orders and sales under way, and the block.</summary>
    private async ValueTask OpenAsync(DemoCustomer customer, CancellationToken cancellation)
    {
        foreach (var open in customer.Reservations)
        {
            var purchase = new Purchase(new Money(open.Amount, customer.Currency), null, null, null);
            await AskAsync(
                customer,
                new ReserveCredit(
                    DocumentNumber.Parse(open.Id), open.IsOrder ? ReservationKind.Order : ReservationKind.Pos, purchase, open.DeliveryDate,
                    open.IsOrder ? null : 7 * 24 * 3600),
                Now, cancellation);
        }

        if (customer.Block is { } block
            && await accounts.ReadAsync(AccountId.Parse(customer.Id), cancellation) is { } view && view.Blocks.All(set => set.Name != block.Name))
        {
            await AskAsync(customer, new SetBlock(block.Name, AllSales: false, new FreeText(block.Reason)), Now, cancellation);
        }
    }

    private async Task AskAsync(DemoCustomer customer, AccountCommand command, AskOptions options, CancellationToken cancellation)
    {
        if (await accounts.AskAsync(AccountId.Parse(customer.Id), command, options, cancellation) is Answer.Refused refused)
        {
            throw new InvariantException($"The demo's {command.GetType().Name} on {customer.Id} was refused: {refused.Detail}");
        }
    }
}
