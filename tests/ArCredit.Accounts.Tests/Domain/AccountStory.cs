using System.Text.Json;
using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain;
using ArCredit.Accounts.Domain.Policies;
using ArCredit.Accounts.Journal;
using ArCredit.Kernel;
using Shouldly;

namespace ArCredit.Accounts.Tests.Domain;

/// <summary>
/// One account and what the shell does around it, without I/O: what the clock brings is decided first, documents that left
/// memory are read from the journal, numbers are unique. Amounts are major units of the account's currency unless said otherwise.
/// </summary>
internal sealed partial class AccountStory(DateTimeOffset start, ReferenceBook reference, Currency currency)
{
    private readonly Dictionary<int, byte[]> pages = [];

    /// <summary>The company of every story.</summary>
    public const string Company = "main";

    public Account Account { get; private set; } = new(AccountId.Parse("C-1001"));

    public PaperJournal Journal { get; } = new();

    public DateTimeOffset Now { get; set; } = start;

    public ReferenceBook Reference { get; set; } = reference;

    public Currency Currency => currency;

    /// <summary>Documents that were read for the last command.</summary>
    public int Readings { get; private set; }

    public DateOnly Today => Reference.FindCompany(Company)!.DateOf(Now);

    public AccountView View => Account.View(Context());

    /// <summary>Exposure by bucket, minor units.</summary>
    public Exposure Exposure => View.Exposure;

    /// <summary>Total exposure in major units.</summary>
    public decimal Owed => Money.ToDecimal(Exposure.Total, currency);

    public DecisionContext Context(bool history = false) => new(Now, Reference, history, "check");

    /// <summary>One turn of the shell. A number that the journal holds already answers <see cref="Verdict.Taken"/>.</summary>
    public Verdict Ask(AccountCommand command, bool history = false)
    {
        var context = Context(history);
        RunDue();
        KnownDocument? known = null;
        Readings = 0;
        while (true)
        {
            switch (Account.Decide(command, context, known))
            {
                case Verdict.Needs needs:
                    (++Readings).ShouldBeLessThan(20, $"{needs} is asked for again and again");
                    known = Journal.Read(needs.Request, known);
                    break;
                case Verdict.Append { Events: [CreditRefused] } when NumberKey.Of(command) is { } repeated && Journal.Holds(repeated):
                    return new Verdict.Taken(repeated);
                case Verdict.Append append when append.Numbers.FirstOrDefault(Journal.Holds) is { Value: not null } taken:
                    return new Verdict.Taken(taken);
                case Verdict.Append append:
                    Commit(append.Events, append.Numbers);
                    return append;
                case Verdict.Refuse when NumberKey.Of(command) is { } number && Journal.Holds(number):
                    return new Verdict.Taken(number);
                case var other:
                    return other;
            }
        }
    }

    /// <summary>What the clock has brought.</summary>
    public IReadOnlyList<AccountEvent> RunDue()
    {
        var due = Account.DecideDue(Context());
        Commit(due, []);
        return due;
    }

    public AccountStory On(string instant)
    {
        Now = DateTimeOffset.Parse(instant, System.Globalization.CultureInfo.InvariantCulture);
        return this;
    }

    public AccountStory After(TimeSpan time)
    {
        Now += time;
        return this;
    }

    public AccountStory AfterDays(int days) => After(TimeSpan.FromDays(days));

    /// <summary>Drops from memory everything that may be dropped.</summary>
    public AccountStory Forget()
    {
        Account.ForgetClosed(Account.Version);
        return this;
    }

    /// <summary>
    /// Falls asleep and wakes up from bytes: of all pages, or of those that changed since it slept last and the older ones.
    /// </summary>
    public AccountStory Sleep(bool allPages = false)
    {
        var (head, changed) = Account.TakeSnapshot(allPages);
        if (allPages)
        {
            pages.Clear();
        }

        foreach (var (page, content) in changed)
        {
            pages.Remove(page);
            if (content is not null)
            {
                pages.Add(page, JsonSerializer.SerializeToUtf8Bytes(content, EventCodec.Options));
            }
        }

        var headBytes = JsonSerializer.SerializeToUtf8Bytes(head, EventCodec.Options);
        Account = Account.Restore(
            Account.Id, JsonSerializer.Deserialize<AccountSnapshot>(headBytes, EventCodec.Options)!,
            pages.Select(page => (page.Key, JsonSerializer.Deserialize<PageSnapshot>(page.Value, EventCodec.Options)!)));
        return this;
    }

    /// <summary>The same account, made anew from the bytes of its journal.</summary>
    public Account Replayed()
    {
        var replayed = new Account(Account.Id);
        foreach (var happened in Journal.Events)
        {
            var (type, schema, payload) = EventCodec.Encode(happened);
            replayed.Apply(EventCodec.Decode(type, schema, payload));
        }

        return replayed;
    }

    private void Commit(IReadOnlyList<AccountEvent> events, IReadOnlyList<NumberKey> numbers)
    {
        foreach (var happened in events)
        {
            Account.Apply(happened);
        }

        Journal.Append(events, numbers);
    }
}
