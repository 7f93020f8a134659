using System.Globalization;
using System.Text;
using System.Text.Json.Serialization;
using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Journal;
using ArCredit.Accounts.Orleans.Grains;
using ArCredit.Accounts.Orleans.Wire;
using ArCredit.Accounts.Tests.Actors;
using ArCredit.Accounts.Tests.Domain.Model;
using ArCredit.Kernel;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Orleans.Storage;
using Shouldly;
using Xunit;
using static ArCredit.Accounts.Tests.Actors.ActorRig;

namespace ArCredit.Accounts.Orleans.Tests.Wire;

/// <summary>What goes from silo to silo, through Orleans' own serializer.</summary>
public sealed class WireTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(1234.5);

    private readonly Serializer serializer = new ServiceCollection()
        .AddSerializer(builder => builder.AddAssembly(typeof(OrleansModule).Assembly))
        .BuildServiceProvider().GetRequiredService<Serializer>();

    [Fact]
    public void Every_command_can_be_sent() => CommandCodec.Types.ShouldBe(
        typeof(AccountCommand).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(AccountCommand)) && !type.IsAbstract), ignoreOrder: true);

    [Fact]
    public void A_question_arrives_as_it_was_asked()
    {
        var asked = new HashSet<Type>();
        foreach (var command in Commands())
        {
            asked.Add(command.GetType());
            var options = new AskOptions("till 1", asked.Count % 2 == 0 ? null : new CommandKey("route", "key „7“"), asked.Count % 3 == 0, asked.Count % 5 == 0);

            var arrived = Sent(new AccountQuestion(command, options, Patience));

            arrived.Options.ShouldBe(options);
            arrived.Patience.ShouldBe(Patience);
            Written.Of(arrived.Command).ShouldBe(Written.Of(command));
        }

        asked.ShouldBe(CommandCodec.Types, ignoreOrder: true);
    }

    // A command's bytes leave out what is no part of its content, rights above all: each needs a field of its own on the wire.
    [Fact]
    public void What_a_commands_bytes_leave_out_is_asked_too_in_the_test_above()
    {
        var asked = Commands().ToLookup(command => command.GetType());
        var leftOut = CommandCodec.Types.SelectMany(type => type.GetProperties())
            .Where(property => property.CanWrite && property.IsDefined(typeof(JsonIgnoreAttribute), inherit: true)).ToList();
        leftOut.Count.ShouldBeGreaterThan(4);
        foreach (var property in leftOut)
        {
            var nothing = property.PropertyType.IsValueType ? Activator.CreateInstance(property.PropertyType) : null;
            asked[property.ReflectedType!].ShouldContain(command => !Equals(property.GetValue(command), nothing), $"{property.ReflectedType!.Name}.{property.Name}");
        }
    }

    [Fact]
    public async Task An_answer_arrives_as_it_was_given()
    {
        var rig = new ActorRig();
        Answer[] answers =
        [
            await rig.Open(1000), await rig.Ask(Reserve(60, "a"), "k"), await rig.Ask(Reserve(60, "a"), "k"), await rig.Ask(Reserve(5000)),
            await rig.Ask(Check(40)), await rig.Ask(Release("a")), await rig.Ask(Release("a")), await rig.Ask(Release("b")),
            await rig.Ask(Reserve(61, "a"), "k"), await rig.Ask(new RunDue()),
        ];
        answers.Select(answer => answer.GetType()).Distinct().Count().ShouldBe(4);
        foreach (var answer in answers)
        {
            Written.Of(Sent(AccountReply.Of(answer)).ToAnswer()).ShouldBe(Written.Of(answer));
        }

        var view = await rig.Actor.ReadAsync(CancellationToken.None);
        Written.Of(Sent(AccountReply.Of(view)).ToView()).ShouldBe(Written.Of(view));
        Sent(AccountReply.Of((AccountView?)null)).ToView().ShouldBeNull();
    }

    [Fact]
    public void Every_event_arrives_as_the_journal_has_it()
    {
        var events = Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Samples"), "*.v*.json").Select(file =>
        {
            var name = Path.GetFileName(file).Split('.');
            return EventCodec.Decode(name[0], int.Parse(name[1][1..], CultureInfo.InvariantCulture), File.ReadAllBytes(file));
        }).ToList();
        events.Select(happened => happened.GetType()).Distinct().ShouldBe(EventCodec.Types.Select(type => type.Value), ignoreOrder: true);

        var arrived = Sent(AccountReply.Of(new Answer.Done(events, 7, Repeat.Number))).ToAnswer().ShouldBeOfType<Answer.Done>();

        (arrived.Version, arrived.Repeat).ShouldBe((7, Repeat.Number));
        arrived.Events.Select(Stored).ShouldBe(events.Select(Stored));
    }

    [Fact]
    public void An_outage_arrives_as_what_callers_know()
    {
        Should.Throw<AccountBusyException>(() => Sent(AccountReply.Of(new AccountBusyException("full"))).ToAnswer()).Message.ShouldBe("full");
        Should.Throw<OutcomeUnknownException>(() => Sent(AccountReply.Of(new OutcomeUnknownException())).ToView());
        Should.Throw<AccountUnavailableException>(() => Sent(AccountReply.Of(new TimeoutException("away"))).ToAnswer())
            .InnerException!.Message.ShouldBe("away");
        AccountReply.Tells(new InvariantException("a fault")).ShouldBeFalse();
        var unreadable = Sent<Exception>(new InconsistentStateException("Event x has schema 2.", AccountGrain.NewerVersion, string.Empty)).ShouldBeOfType<InconsistentStateException>();
        (unreadable.Message, unreadable.StoredEtag).ShouldBe(("Event x has schema 2.", AccountGrain.NewerVersion));
    }

    // Carried out without what it does not know, an older node would do something else than it was asked.
    [Theory]
    [InlineData("post-refund-2", "{}")]
    [InlineData("remove-block", """{"name":"fraud","until":"2026-03-01"}""")]
    [InlineData("reverse-payment", """{"paymentId":"P","reason":"fraud"}""")]
    [InlineData("reserve-credit", """{"kind":"pos","purchase":{"amount":{"minor":1,"currency":"EUR"},"tax":1}}""")]
    public void A_command_that_only_a_newer_version_knows_whole_is_not_carried_out(string name, string body)
    {
        var question = new QuestionConverter().ConvertFromSurrogate(new QuestionOnWire { Command = name, Body = Encoding.UTF8.GetBytes(body), By = "till 1" });

        question.Command.ShouldBe(new CommandOfNewerVersion(name));
    }

    [Fact]
    public void A_reply_that_only_a_newer_version_can_read_leaves_open_what_was_done()
    {
        ReplyOnWire[] newer =
        [
            new() { Kind = 99 },
            new() { Kind = (int)ReplyKind.Done, Events = [], Repeat = 99 },
            new() { Kind = (int)ReplyKind.Done, Events = [new EventOnWire { Type = "customer-born", Schema = 1, Payload = "{}"u8.ToArray() }] },
            new() { Kind = (int)ReplyKind.Done, Events = [new EventOnWire { Type = "payment-reversed", Schema = 1, Payload = """{"reason":"fraud"}"""u8.ToArray() }] },
            new() { Kind = (int)ReplyKind.Refused, Body = """{"code":"wrongWeather"}"""u8.ToArray() },
        ];
        foreach (var reply in newer)
        {
            var arrived = new ReplyConverter().ConvertFromSurrogate(reply);

            Should.Throw<OutcomeUnknownException>(() => arrived.ToAnswer());
            Should.Throw<OutcomeUnknownException>(() => arrived.ToView());
        }
    }

    internal static IEnumerable<AccountCommand> Commands()
    {
        var master = StepMaker.Master(Eur) with
        {
            Segment = "retail",
            ParentId = AccountId.Parse("P1"),
            GroupLimit = Euro(7),
            PaymentTerms = PaymentTerms.Shipped,
            Buyers = [new Buyer("b", 5, null)],
        };
        var limits = LimitChanges.None with
        {
            CreditLimit = new(true, 0),
            Unlimited = new(true, false),
            Temporary = new(true, null),
            ExpiresOn = new(true, new DateOnly(2026, 2, 28)),
        };
        yield return new PutAccount(master, limits, false, new FreeText("{}"), true, 7);
        yield return new PutAccount(StepMaker.Master(Eur), LimitChanges.None, null, new FreeText("„x“"), false, null);
        yield return new SetBlock("fraud", true, new FreeText("why"));
        yield return new RemoveBlock("fraud");
        yield return new PostDebit(
            DebitKind.Interest, DocumentNumber.Parse("D"), new DateOnly(2026, 1, 1), new DateOnly(2026, 2, 1), null, Euro(3), 1.10m, DocumentNumber.Parse("INV-1"), "§ 288");
        yield return new PostDebit(
            DebitKind.DebitNote, DocumentNumber.Parse("D-2"), new DateOnly(2026, 1, 1), null, new DateOnly(2026, 1, 2), Euro(3), null, null, null, 48);
        yield return new ReversePayment(DocumentNumber.Parse("P"), ReversalReason.Bounced, new DateOnly(2026, 1, 9), new FreeText("no funds"));
        yield return new BillInterest(
            DocumentNumber.Parse("BI"), new DateOnly(2026, 1, 31), Eur, new DateOnly(2026, 2, 1), new DateOnly(2026, 2, 15), new DateOnly(2026, 2, 2), 1.10m, "yours");
        yield return new WriteOff(DocumentNumber.Parse("W"), WriteOffKind.BadDebt, DocumentNumber.Parse("INV-1"), 2, 3.5m, null, new FreeText("insolvent"));
        yield return new ReverseWriteOff(DocumentNumber.Parse("W"), new DateOnly(2026, 3, 1), new FreeText("paid"));
        yield return new ReleaseRetention(DocumentNumber.Parse("INV-1"), 3.5m, new DateOnly(2026, 3, 1), new DateOnly(2026, 3, 15), new FreeText("accepted"));
        yield return new ReverseRelease(DocumentNumber.Parse("INV-1"), 3, new FreeText("too soon"));
        yield return new FindReservation(DocumentNumber.Parse("a"));
        yield return new RunDue();
        yield return new LogContact(
            DocumentNumber.Parse("K-1"), ContactChannel.Call, ContactDirection.Incoming, new DateTimeOffset(2026, 3, 1, 9, 0, 0, TimeSpan.Zero), "no-answer", [DocumentNumber.Parse("I-1")], new FreeText("Nobody „there“."));
        yield return new RecordUsage(
            DocumentNumber.Parse("U-1"), "grid", new DateTimeOffset(2026, 3, 1, 9, 0, 0, TimeSpan.Zero), Eur, 0.0034m, 1.10m, 1.5m, "kWh", true);
        yield return new ReleaseUsage(DocumentNumber.Parse("UR-1"), new BilledUsage("grid", new DateOnly(2026, 3, 1)), "goodwill");
        yield return new MakePromise(
            DocumentNumber.Parse("M"), [new PromiseItem(DocumentNumber.Parse("I"), 2)], [new PromisePayment(new DateOnly(2026, 4, 1), 1.5m)], new FreeText("called"));
        yield return new CancelPromise(DocumentNumber.Parse("M"), true);
        yield return new RequestPlan(
            DocumentNumber.Parse("L"), [new PlanItem(DocumentNumber.Parse("I"), 2)], Eur, [new PlanPayment(new DateOnly(2026, 4, 1), 1.5m)],
            new PlanSchedule(3, PlanInterval.Month, new DateOnly(2026, 4, 1)), 5, "RV-1", new FreeText("called"), "clerk 2");
        yield return new DecidePlan(DocumentNumber.Parse("L"), PlanDecision.Withdraw, new FreeText("no"), "clerk 3");
        yield return new RequestRefund(
            DocumentNumber.Parse("RF"), Euro(1), CreditKind.Payment, DocumentNumber.Parse("P"), "main", "overpaid", new FreeText("asked by „them“"), "clerk 4");
        yield return new ApproveRefund(DocumentNumber.Parse("RF"), 3, "clerk 5");
        yield return new VoidRefundApproval(DocumentNumber.Parse("RF"), "PAYEE_CHANGED");
        yield return new FileRefund(DocumentNumber.Parse("RF"), 3, "MSG-1", "E2E-1");
        yield return new ReportRefund(DocumentNumber.Parse("RF"), Settled: true);
        yield return new EndRefund(DocumentNumber.Parse("RF"), RefundStatus.Returned, "AC04", new DateOnly(2026, 4, 1), new FreeText("closed"));
        yield return new ReinstateRefund(DocumentNumber.Parse("RF"), Settled: true);
        yield return new CancelPlan(DocumentNumber.Parse("L"), true);
        yield return new ChangeDispute(DocumentNumber.Parse("D"), "u-1", new DateOnly(2026, 4, 1), new FreeText("called"));
        yield return new PostPayment(
            DocumentNumber.Parse("P"), Euro(1), new DateOnly(2026, 1, 1), null, 1.10m, PaymentMethod.Cheque, null, [], new FreeText("for INV-1"));
        var steps = new StepMaker(new Random(7), Eur, withUsage: true);
        foreach (var ask in steps.Make(600).OfType<Step.Ask>())
        {
            yield return ask.Command;
        }
    }

    private static string Stored(AccountEvent happened)
    {
        var (type, schema, payload) = EventCodec.Encode(happened);
        return $"{type} {schema} {Encoding.UTF8.GetString(payload)}";
    }

    private T Sent<T>(T value) => serializer.Deserialize<T>(serializer.SerializeToArray(value))!;
}
