using System.Text.Json;
using ArCredit.Accounts.Actors;
using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain;
using ArCredit.Accounts.Features.Shared;
using ArCredit.Kernel;
using ArCredit.Platform.Http;
using ArCredit.Platform.Journal;
using Microsoft.Extensions.Hosting;

namespace ArCredit.Accounts.Features;

/// <summary>
/// Walks a till's path before the node calls itself ready, so that no customer waits while it is compiled: body, command,
/// decision, event bytes, chain, answer, all on an account that is nowhere but here, and one look at the journal, which
/// prepares the statements of a wake-up. Nothing is written.
/// </summary>
internal sealed class ReservationWarmUp(ActorServices services) : IHostedService
{
    // The runtime compiles a method again, and better, after thirty calls.
    private const int Rounds = 64;
    private const long Limit = 1_000_000_000;
    private static readonly AccountId Id = AccountId.Parse("warm-up");

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await services.Reader.LoadAsync(Id.Value, cancellationToken);
        await services.Reader.ReadHeadAsync(Id.Value, cancellationToken);
        await services.Reader.FindKeyAsync(Id.Value, Journal.KeyKinds.Idempotency(ReserveCreditEndpoint.Route), "warm-up", cancellationToken);
        Walk(services.Reference.Current.Companies.First());
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Walk(Domain.Policies.Company company)
    {
        var context = new DecisionContext(services.Clock.GetUtcNow(), services.Reference.Current, History: false, string.Empty);
        var account = new Account(Id);
        Apply(account, context, new PutAccount(
            new MasterData(company.Currency, company.Id, null, null, null, false, null, false, []),
            LimitChanges.None with { CreditLimit = new(true, Limit) }, null, new FreeText("{}"), true, null));
        var hash = ChainHash.Genesis;
        for (var round = 1; round <= Rounds; round++)
        {
            var body = Body.Parse<ReserveCreditBody>(JsonSerializer.SerializeToUtf8Bytes(
                new ReserveCreditBody(DocumentNumber.Parse($"sale-{round}"), ReservationKind.Pos, 1, company.Currency, null, null, null, null, null),
                ApiJson.Options));
            var command = ReserveCreditEndpoint.ToCommand(body.Value, default, new RequestChecks());
            _ = Fingerprint.Of(command);
            var events = Apply(account, context, command);
            hash = Entries.Build(Id.Value, account.Version - events.Count, hash, events, context.Now, [], []).Rows[^1].Hash;
            _ = JsonSerializer.SerializeToUtf8Bytes(AnswerOf(events[^1]), ApiJson.Options);
        }
    }

    private static IReadOnlyList<AccountEvent> Apply(Account account, DecisionContext context, AccountCommand command)
    {
        var events = ((Verdict.Append)account.Decide(command, context)).Events;
        foreach (var happened in events)
        {
            account.Apply(happened);
        }

        return events;
    }

    // The company's policy may decline even this.
    private static ReservationAnswer AnswerOf(AccountEvent happened) => happened is CreditReserved reserved
        ? ReservationAnswer.Of(reserved.Reservation, reserved.Decision)
        : ReservationAnswer.Of((CreditRefused)happened);
}
