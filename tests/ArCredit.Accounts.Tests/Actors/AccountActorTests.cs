using System.Collections.Concurrent;
using ArCredit.Accounts.Actors;
using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain;
using ArCredit.Accounts.Journal;
using ArCredit.Kernel;
using ArCredit.Platform.Journal;
using Shouldly;
using Xunit;
using static ArCredit.Accounts.Tests.Actors.ActorRig;

namespace ArCredit.Accounts.Tests.Actors;

public sealed class AccountActorTests
{
    [Fact]
    public async Task Answers_only_after_the_commit()
    {
        var rig = await Opened(100);
        rig.Journal.CommitsAtOnce = false;
        var asked = rig.Ask(Reserve(60));
        asked.IsCompleted.ShouldBeFalse();
        rig.Journal.Flush();
        Reserved(await asked).Remaining.ShouldBe(6000);
    }

    [Fact]
    public async Task Decides_on_everything_before_it_committed_or_not()
    {
        var rig = await Opened(100);
        rig.Journal.CommitsAtOnce = false;
        var first = rig.Ask(Reserve(60));
        var second = rig.Ask(Reserve(60));
        rig.Journal.Pending.ShouldBe(2);
        rig.Journal.Flush();
        Reserved(await first).Status.ShouldBe(ReservationStatus.Active);
        Refused(await second).Outcome.ShouldBe(DecisionOutcome.Declined);
    }

    [Fact]
    public async Task A_failed_append_takes_everything_behind_it_along_and_all_are_decided_anew()
    {
        var rig = await Opened(100);
        rig.Journal.CommitsAtOnce = false;
        var first = rig.Ask(Reserve(60, "a"));
        var second = rig.Ask(Reserve(60, "b"));
        rig.Journal.Flush(1, AppendOutcome.Fenced.Instance);
        rig.Journal.CommitsAtOnce = true;
        rig.Journal.Flush();
        await Task.WhenAll(first, second);
        var outcomes = new[] { await first, await second }.Select(answer => ((Answer.Done)answer).Find<CreditReserved>() is not null);
        outcomes.Count(reserved => reserved).ShouldBe(1);
        rig.Journal.RowsOf("C1").Select(row => row.Version).ShouldBe([1, 2, 3]);
    }

    [Fact]
    public async Task A_check_does_not_see_a_release_that_is_not_on_disk()
    {
        var rig = await Opened(100);
        await rig.Ask(Reserve(100, "a"));
        rig.Journal.CommitsAtOnce = false;
        var release = rig.Ask(Release("a"));
        var check = rig.Ask(Check(50));
        check.IsCompleted.ShouldBeFalse();

        // The release fails, so the check is decided without it; the release itself is decided anew and waits again.
        rig.Journal.Flush(1, AppendOutcome.Fenced.Instance);
        await Until(() => rig.Journal.Pending == 1 || check.IsCompleted);
        rig.Journal.CommitsAtOnce = true;
        rig.Journal.Flush();
        await release;
        ((Answer.Checked)await check).Decision.Facts.Exposure.Reservations.ShouldBeOneOf(0, 10000);
    }

    [Fact]
    public async Task A_check_sees_a_reservation_at_once()
    {
        var rig = await Opened(100);
        rig.Journal.CommitsAtOnce = false;
        var reserve = rig.Ask(Reserve(100));
        var check = (Answer.Checked)await rig.Ask(Check(1));
        check.Decision.Outcome.ShouldBe(DecisionOutcome.Declined);
        rig.Journal.Flush();
        await reserve;
        rig.Checks.Recorded.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Repeats_the_first_answer_for_the_same_key_also_after_a_crash()
    {
        var rig = await Opened(100);
        var first = (Answer.Done)await rig.Ask(Reserve(60), "k");
        var again = (Answer.Done)await rig.Ask(Reserve(60), "k");
        rig.Wake();
        var afterCrash = (Answer.Done)await rig.Ask(Reserve(60), "k");
        again.Repeat.ShouldBe(Repeat.Key);
        afterCrash.Repeat.ShouldBe(Repeat.Key);
        Reserved(again).ShouldBe(Reserved(first));
        Reserved(afterCrash).ShouldBe(Reserved(first));
        rig.Journal.RowsOf("C1").Count.ShouldBe(2);
    }

    [Fact]
    public async Task The_same_key_sixty_four_times_at_once_has_one_effect()
    {
        var rig = await Opened(100);
        rig.Journal.CommitsAtOnce = false;
        var asked = Enumerable.Range(0, 64).Select(_ => rig.Ask(Reserve(60), "k")).ToArray();
        rig.Journal.CommitsAtOnce = true;
        rig.Journal.Flush();
        var answers = (await Task.WhenAll(asked)).Cast<Answer.Done>().ToArray();
        answers.Count(answer => answer.Repeat == Repeat.None).ShouldBe(1);
        answers.Select(answer => Reserved(answer).Id).Distinct().Count().ShouldBe(1);
        rig.Journal.RowsOf("C1").Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_command_that_finds_its_twin_done_but_not_on_disk_is_a_repeat_of_it()
    {
        var rig = await Opened(100);
        await rig.Ask(Reserve(60, "R0"));
        await rig.Ask(Reserve(10, "R1"));
        await rig.Ask(Release("R0"), "k");
        rig.Journal.ForgetKeys();
        rig.Journal.CommitsAtOnce = false;

        // The first look finds nothing, and ends only when the twin has been sent.
        var look = new TaskCompletionSource();
        rig.Journal.BeforeFindKey = look.Task;
        var late = rig.Ask(Release("R1"), "k");
        rig.Journal.BeforeFindKey = null;
        var twin = rig.Ask(Release("R1"), "k");
        rig.Journal.Pending.ShouldBe(1);
        look.SetResult();
        rig.Journal.Flush();

        ((Answer.Done)await twin).Repeat.ShouldBe(Repeat.None);
        ((Answer.Done)await late).Repeat.ShouldBe(Repeat.Key);
    }

    [Fact]
    public async Task Another_body_under_the_same_key_is_refused()
    {
        var rig = await Opened(100);
        await rig.Ask(Reserve(60), "k");
        ((Answer.Refused)await rig.Ask(Reserve(61), "k")).Code.ShouldBe(RefusalCode.KeyReused);
        rig.Wake();
        ((Answer.Refused)await rig.Ask(Reserve(61), "k")).Code.ShouldBe(RefusalCode.KeyReused);
    }

    [Fact]
    public async Task What_is_kept_for_ever_of_a_document_tells_nothing_of_its_texts()
    {
        var kept = new List<byte[]>();
        foreach (var text in new[] { "rent of Ali Hasanov", "rent of Leyla Aliyeva", null })
        {
            var rig = await Opened(100);
            await rig.Ask(Paid(text), "k");
            kept.Add((await rig.Journal.FindKeyAsync("C1", KeyKinds.Payment, "P1", CancellationToken.None))!.Fingerprint);
        }

        kept[1].ShouldBe(kept[0]);
        kept[2].ShouldBe(kept[0]);
    }

    [Fact]
    public async Task Another_text_under_the_same_key_is_refused_and_under_the_same_number_is_the_same_document()
    {
        var rig = await Opened(100);
        await rig.Ask(Paid("rent"), "k");
        ((Answer.Refused)await rig.Ask(Paid("deposit"), "k")).Code.ShouldBe(RefusalCode.KeyReused);
        ((Answer.Done)await rig.Ask(Paid("deposit"), "other")).Repeat.ShouldBe(Repeat.Number);
        ((Answer.Refused)await rig.Ask(Paid("rent", 11), "other")).Code.ShouldBe(RefusalCode.NumberConflict);
    }

    [Fact]
    public async Task A_repeated_key_wins_over_a_refusal_that_the_first_answer_caused()
    {
        var rig = await Opened(100);
        await rig.Ask(Reserve(60, "a"));
        var capture = new CaptureReservation(
            DocumentNumber.Parse("a"), null, false, null,
            new InvoiceFacts(DocumentNumber.Parse("I1"), new DateOnly(2026, 1, 1), null, null, null, null, [], null, null));
        await rig.Ask(capture, "k");
        rig.Wake();
        ((Answer.Done)await rig.Ask(capture, "k")).Repeat.ShouldBe(Repeat.Key);
        ((Answer.Done)await rig.Ask(capture, "another")).Repeat.ShouldBe(Repeat.Number);
    }

    [Fact]
    public async Task An_invoice_is_the_same_whether_or_not_posting_it_was_a_checkpoint()
    {
        var rig = await Opened(100);
        PostInvoice Invoice(bool enforce) => new(
            Euro(10), new InvoiceFacts(DocumentNumber.Parse("I1"), new DateOnly(2026, 1, 1), null, null, null, null, [], null, null), [], null, enforce);
        await rig.Ask(Invoice(true), "k1");
        ((Answer.Done)await rig.Ask(Invoice(false), "k2")).Repeat.ShouldBe(Repeat.Number);
        ((Answer.Refused)await rig.Ask(Invoice(false), "k1")).Code.ShouldBe(RefusalCode.KeyReused);
    }

    [Fact]
    public async Task A_declined_reservation_leaves_its_id_free()
    {
        var rig = await Opened(100);
        Refused(await rig.Ask(Reserve(101, "a"), "k1")).Outcome.ShouldBe(DecisionOutcome.Declined);
        Reserved(await rig.Ask(Reserve(100, "a"), "k2")).Remaining.ShouldBe(10000);
        ((Answer.Refused)await rig.Ask(Reserve(99, "a"), "k3")).Code.ShouldBe(RefusalCode.NumberConflict);
    }

    [Fact]
    public async Task A_repeat_of_an_approved_reservation_is_not_declined_because_of_what_it_took_itself()
    {
        var rig = await Opened(100);
        var first = Reserved(await rig.Ask(Reserve(100, "a"), "k1"));
        rig.Wake();
        var again = (Answer.Done)await rig.Ask(Reserve(100, "a"), "k2");
        (again.Repeat, Reserved(again)).ShouldBe((Repeat.Number, first));
        rig.Documents.Reads.ShouldBe(0, "what is active is in memory");
    }

    [Fact]
    public async Task A_reservation_under_a_number_that_has_ended_is_refused_and_one_that_was_changed_is_shown_as_it_stands()
    {
        var rig = await Opened(100);
        var first = Reserved(await rig.Ask(Reserve(60, "a"), "k1"));
        await rig.Ask(new ChangeReservation(DocumentNumber.Parse("a"), Euro(50), null));
        var again = (Answer.Done)await rig.Ask(Reserve(60, "a"), "k2");
        (again.Repeat, Reserved(again).Remaining).ShouldBe((Repeat.Number, 5000));

        var released = (Answer.Done)await rig.Ask(Release("a"));
        ((Answer.Refused)await rig.Ask(Reserve(60, "a"), "k3")).Code.ShouldBe(RefusalCode.ReservationReleased);
        rig.Wake();
        rig.Documents.Answer = (request, version) => new KnownDocument(request, version, Reservation: released.Find<ReservationReleased>()!.Reservation);
        ((Answer.Refused)await rig.Ask(Reserve(60, "a"), "k4")).Code.ShouldBe(RefusalCode.ReservationReleased);
        Reserved(await rig.Ask(Reserve(60, "a"), "k1")).ShouldBe(first, "the same request gets its first answer");
    }

    [Fact]
    public async Task A_payment_under_a_number_that_was_reversed_is_refused()
    {
        var rig = await Opened(100);
        var received = ((Answer.Done)await rig.Ask(Paid(null), "k1")).Find<PaymentReceived>()!;
        rig.Documents.Answer = (request, version) => new KnownDocument(request, version, Credit: new StoredCredit(CreditState.Of(received), false));
        (await rig.Ask(new ReversePayment(DocumentNumber.Parse("P1"), ReversalReason.Mistake, null, null), "k2")).ShouldBeOfType<Answer.Done>();
        ((Answer.Refused)await rig.Ask(Paid(null), "k3")).Code.ShouldBe(RefusalCode.PaymentReversed);
        ((Answer.Done)await rig.Ask(Paid(null), "k1")).Repeat.ShouldBe(Repeat.Key);
    }

    [Fact]
    public async Task A_check_waits_for_a_block_that_replaces_a_stronger_one()
    {
        var rig = await Opened(100);
        await rig.Ask(new SetBlock("fraud", true, new FreeText("why")));
        rig.Journal.CommitsAtOnce = false;
        var weaker = rig.Ask(new SetBlock("fraud", false, new FreeText("why")));
        var check = rig.Ask(Check(0));
        check.IsCompleted.ShouldBeFalse("it passes only by a block that is not on disk yet");
        rig.Journal.Flush();
        ((Answer.Checked)await check).Decision.Outcome.ShouldBe(DecisionOutcome.Approved);
        await weaker;
    }

    [Fact]
    public async Task Lapses_are_on_disk_in_the_same_append_as_what_they_made_room_for()
    {
        var rig = await Opened(100);
        await rig.Ask(Reserve(100, "a"));
        rig.PassBusinessTime(TimeSpan.FromMinutes(15));
        var answer = (Answer.Done)await rig.Ask(Reserve(100, "b"));
        answer.Events.Select(happened => happened.GetType()).ShouldBe([typeof(ReservationLapsed), typeof(CreditReserved)]);
        answer.Events[0].Following.ShouldBe(1);
        answer.Events.Select(happened => happened.By).ShouldBe(["clock", "test"]);
    }

    [Fact]
    public async Task Says_unknown_when_the_database_does_not_say_in_time_and_decides_nothing_more()
    {
        var rig = await Opened(100);
        rig.Journal.CommitsAtOnce = false;
        var asked = rig.Ask(Reserve(60));
        rig.Technical.Pass(TimeSpan.FromSeconds(11));
        await Should.ThrowAsync<OutcomeUnknownException>(asked);
        await Should.ThrowAsync<AccountBusyException>(rig.Ask(Reserve(1)));
        rig.Journal.Flush();
        rig.Journal.CommitsAtOnce = true;
        await Until(() => rig.Ask(Reserve(1)).IsCompletedSuccessfully);
    }

    [Fact]
    public async Task Refuses_before_deciding_when_the_lane_is_full()
    {
        var rig = await Opened(100);
        rig.Journal.HasRoom = false;
        await Should.ThrowAsync<AccountBusyException>(rig.Ask(Reserve(60)));
        rig.Journal.HasRoom = true;
        Reserved(await rig.Ask(Reserve(100))).Remaining.ShouldBe(10000);
    }

    [Fact]
    public async Task A_check_reads_its_head_when_the_last_round_trip_is_old_and_notices_another_writer()
    {
        var rig = await Opened(100);
        await rig.Ask(Check(1));
        rig.Journal.HeadReads.ShouldBe(0);
        rig.Technical.Pass(TimeSpan.FromSeconds(3));
        var other = new ActorRig(journal: rig.Journal);
        await other.Ask(Reserve(100));
        var check = (Answer.Checked)await rig.Ask(Check(1));
        rig.Journal.HeadReads.ShouldBeGreaterThan(0);
        check.Decision.Outcome.ShouldBe(DecisionOutcome.Declined);
    }

    [Fact]
    public async Task A_zombie_is_fenced_and_decides_on_what_the_other_wrote()
    {
        var rig = await Opened(100);
        var other = new ActorRig(journal: rig.Journal);
        await other.Ask(Reserve(60));
        Refused(await rig.Ask(Reserve(60))).Outcome.ShouldBe(DecisionOutcome.Declined);
        rig.Journal.RowsOf("C1").Select(row => row.Version).ShouldBe([1, 2, 3]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_commit_heard_of_late_does_not_prove_that_nobody_else_has_written(bool mayHaveTwin)
    {
        var rig = await Opened(100);
        rig.Wake(mayHaveTwin);
        await rig.Ask(Reserve(60, "a"));
        rig.Journal.CommitsAtOnce = false;
        var release = rig.Ask(Release("a"));
        var tell = rig.Journal.CommitUntold();
        rig.Journal.CommitsAtOnce = true;

        // It stands still, and another takes what it made room for.
        var other = new ActorRig(journal: rig.Journal);
        Reserved(await other.Ask(Reserve(100))).Remaining.ShouldBe(10000);
        rig.Technical.Pass(TimeSpan.FromSeconds(3));
        var check = rig.Ask(Check(1));
        tell();
        await release;
        if (mayHaveTwin)
        {
            await Should.ThrowAsync<FencedException>(check);
        }
        else
        {
            ((Answer.Checked)await check).Decision.Outcome.ShouldBe(DecisionOutcome.Declined);
        }
    }

    [Fact]
    public async Task Wakes_from_a_snapshot_and_the_rows_behind_it()
    {
        var rig = new ActorRig(new AccountsOptions { SnapshotEvery = 5 });
        await rig.Open(1000);
        for (var i = 0; i < 12; i++)
        {
            await rig.Ask(Reserve(10, $"r{i}"));
            await rig.Ask(Release($"r{i}"));
        }

        await rig.Ask(Reserve(10, "last"));
        await Until(() => rig.Journal.SnapshotOf("C1") is not null);
        rig.Wake();
        var view = (await rig.Actor.ReadAsync(CancellationToken.None))!;
        view.Version.ShouldBe(26);
        view.Exposure.Reservations.ShouldBe(1000);
    }

    [Fact]
    public async Task Pages_are_never_put_on_another_snapshot_than_the_one_taken_before_them()
    {
        var rig = new ActorRig(new AccountsOptions { SnapshotEvery = 2 });
        var first = new TaskCompletionSource<bool>();
        var writes = new ConcurrentQueue<SnapshotWrite>();
        rig.Journal.BeforeSave = write =>
        {
            writes.Enqueue(write);
            return writes.Count == 1 ? first.Task : Task.FromResult(false);
        };
        await rig.Open(1000);

        // Saves run beside the turns: the second snapshot is not taken before the first has come to the store.
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        foreach (var (appends, saves) in new[] { (1, 1), (2, 2) })
        {
            for (var i = 0; i < appends; i++)
            {
                await rig.Ask(new SetBlock("b", false, new FreeText("why")));
            }

            while (writes.Count < saves && !patience.IsCancellationRequested)
            {
                await Task.Yield();
            }
        }

        var (whole, changes) = (writes.First(), writes.Skip(1).First());
        whole.BaseVersion.ShouldBe(0);
        changes.BaseVersion.ShouldBe(whole.Head.Version, "that one is still on its way");

        // It turns out to be lost, and what stood on it with it.
        first.SetResult(true);
        while (rig.Journal.SnapshotOf("C1") is null)
        {
            await rig.Ask(new SetBlock("b", false, new FreeText("why")));
        }

        writes.Skip(2).ShouldContain(write => write.BaseVersion == 0);
    }

    [Fact]
    public async Task A_turn_that_fails_for_any_reason_leaves_nothing_behind_in_memory()
    {
        var rig = await Opened(100);
        await rig.Ask(Reserve(60, "a"));
        rig.PassBusinessTime(TimeSpan.FromHours(1));

        await Should.ThrowAsync<ArgumentOutOfRangeException>(rig.Ask(new PostInvoice(
            Euro(1), new InvoiceFacts(DocumentNumber.Parse("I1"), DateOnly.MaxValue, null, null, null, null, [], null, null), [], null, false)));

        var loads = rig.Journal.Loads;
        Reserved(await rig.Ask(Reserve(100, "b"))).Remaining.ShouldBe(10000);
        rig.Journal.Loads.ShouldBe(loads + 1, "the lapse that was applied and not sent is gone with the memory");
        rig.Journal.RowsOf("C1").Select(row => row.Version).ShouldBe([1, 2, 3, 4]);
    }

    [Fact]
    public async Task A_journal_that_was_edited_is_not_decided_on()
    {
        var rig = await Opened(100);
        var row = rig.Journal.RowsOf("C1")[0];
        var journal = new FakeJournal();
        var forged = row with { Payload = row.Payload.ToArray().Select((value, index) => index == 20 ? (byte)(value ^ 1) : value).ToArray() };
        journal.WriteElsewhere(new JournalEntry(ChainHash.Genesis, [forged], [], []));
        await Should.ThrowAsync<InvariantException>(new ActorRig(journal: journal).Ask(Check(1)));
    }

    [Fact]
    public async Task Reads_a_closed_reservation_that_left_memory()
    {
        var rig = await Opened(100);
        await rig.Ask(Reserve(10, "a"));
        var released = ((Answer.Done)await rig.Ask(Release("a"))).Find<ReservationReleased>()!.Reservation;
        for (var i = 0; i < 80; i++)
        {
            await rig.Ask(Release(Reserved(await rig.Ask(Reserve(1))).Id.Value));
        }

        rig.Documents.Answer = (request, version) => new KnownDocument(request, version, Reservation: released);
        ((Answer.Unchanged)await rig.Ask(Release("a"))).Reservation.Status.ShouldBe(ReservationStatus.Released);
        rig.Documents.Reads.ShouldBe(1);
    }

    [Fact]
    public async Task Falls_asleep_only_when_idle()
    {
        var rig = await Opened(100);
        rig.Journal.CommitsAtOnce = false;
        var asked = rig.Ask(Reserve(60));
        rig.Actor.TryRetire().ShouldBeFalse();
        rig.Journal.Flush();
        await asked;
        rig.Actor.TryRetire().ShouldBeTrue();
        rig.Actor.TryEnter().ShouldBeFalse();
    }

    private static async Task<ActorRig> Opened(decimal limit)
    {
        var rig = new ActorRig();
        await rig.Open(limit);
        return rig;
    }

    private static PostPayment Paid(string? text, decimal amount = 10) => new(
        DocumentNumber.Parse("P1"), Euro(amount), new DateOnly(2026, 1, 1), null, null, PaymentMethod.Transfer, null, null,
        text is null ? null : new FreeText(text));

    private static ReservationState Reserved(Answer answer) => ((Answer.Done)answer).Find<CreditReserved>().ShouldNotBeNull().Reservation;

    private static DecisionRecord Refused(Answer answer) => ((Answer.Done)answer).Find<CreditRefused>().ShouldNotBeNull().Decision;

    // Continuations run on the pool; the condition itself says when they have.
    private static async Task Until(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!condition())
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
