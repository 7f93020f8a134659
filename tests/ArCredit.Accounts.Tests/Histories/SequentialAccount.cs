using System.Security.Cryptography;
using System.Text;
using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain;
using ArCredit.Accounts.Tests.Domain.Model;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Tests.Histories;

/// <summary>The reference account with keys and numbers that are remembered for ever: what one client alone would meet.</summary>
internal sealed class SequentialAccount
{
    private readonly Currency currency;
    private readonly ReferenceAccount account;
    private readonly Dictionary<string, (string Content, string Answer)> known;
    private int anonymous;

    public SequentialAccount(Currency currency, ModelTerms terms, DateTimeOffset now)
        : this(currency, new ReferenceAccount(currency, terms) { Now = now }, [])
    {
    }

    private SequentialAccount(Currency currency, ReferenceAccount account, Dictionary<string, (string, string)> known) =>
        (this.currency, this.account, this.known) = (currency, account, known);

    public SequentialAccount Copy() => new(currency, account.Copy(), new(known)) { anonymous = anonymous };

    /// <summary>Tells two of them apart, as far as what comes can tell.</summary>
    public string Digest() => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(
        account.Digest() + string.Join('\n', known.Select(each => $"{each.Key} {each.Value.Answer}").Order(StringComparer.Ordinal)))));

    /// <summary>The answer that this must give; time gives none.</summary>
    public string? Do(Operation.Act action)
    {
        switch (action)
        {
            case Operation.Act.Pass pass:
                account.Now = pass.Until > account.Now ? pass.Until : account.Now;
                return null;
            case Operation.Act.Read:
                account.RunDue();
                return AnswerText.Of(account, currency);
            case Operation.Act.Ask ask:
                account.RunDue();
                return Do(ask);
            default:
                throw new InvariantException($"Unknown action {action}.");
        }
    }

    private string Do(Operation.Act.Ask ask)
    {
        var key = ask.Key is null ? null : $"key {ask.Command.GetType().Name} {ask.Key}";
        var number = NumberKey.Of(ask.Command) is { } taken ? $"number {taken.Kind} {taken.Value}" : null;
        if (Earlier(key, ask, RefusalCode.KeyReused) is { } byKey)
        {
            return byKey;
        }

        if (Earlier(number, ask, ask.Command is ResolveDispute ? RefusalCode.DisputeResolved : RefusalCode.NumberConflict) is { } byNumber)
        {
            return byNumber;
        }

        if (ask.Command is RunDue)
        {
            return ReferenceAccount.Done;
        }

        // Nobody will ever refer to it, so that any id does.
        var answer = account.Ask(
            ask.Command is ReserveCredit { ReservationId: null } reserve ? reserve with { ReservationId = DocumentNumber.Parse($"anonymous-{++anonymous}") } : ask.Command);
        if (ask.Command is CheckCredit || answer == ReferenceAccount.Unchanged || answer.StartsWith("refused", StringComparison.Ordinal))
        {
            return answer;
        }

        if (key is not null)
        {
            known.Add(key, (ask.Content, answer));
        }

        // What was declined or referred leaves its number free.
        if (number is not null && !answer.StartsWith("declined", StringComparison.Ordinal) && !answer.StartsWith("referred", StringComparison.Ordinal))
        {
            known.Add(number, (ask.Content, answer));
        }

        return answer;
    }

    private string? Earlier(string? name, Operation.Act.Ask ask, RefusalCode otherwise) =>
        name is null || !known.TryGetValue(name, out var first) ? null
        : first.Content == ask.Content ? AnswerText.Again + first.Answer
        : ReferenceAccount.Refused(otherwise);
}
