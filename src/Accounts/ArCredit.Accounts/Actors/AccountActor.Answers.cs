using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain;
using ArCredit.Accounts.Journal;
using ArCredit.Kernel;
using ArCredit.Platform.Journal;

namespace ArCredit.Accounts.Actors;

/// <summary>From verdicts to answers: repeats, checks, reads. A null answer means "decide anew".</summary>
internal sealed partial class AccountActor
{
    /// <summary>
    /// The answer to the same key, when it is in flight here or was on disk lately. Bulk work looks its numbers up before it
    /// decides: a file sent again would otherwise be refused by the journal line by line.
    /// </summary>
    private async Task<Answer?> FindEarlierAsync(Request request, CancellationToken cancellation)
    {
        if (request.Options.Key is not { } key)
        {
            return request.Options.Bulk ? await StoredAnswerAsync(request, cancellation) : null;
        }

        var kind = KeyKinds.Idempotency(key.Route);
        InFlight? same;
        bool lately;
        lock (gate)
        {
            same = keys.FindSent(kind, key.Value);
            lately = keys.MayKnow(kind, key.Value);
        }

        if (same is not null)
        {
            await WaitAsync(SettleAsync(same), request.Deadline, cancellation);
        }

        return same is not null || lately ? await StoredAnswerAsync(request, cancellation) : null;
    }

    /// <summary>The recorded answer to the request's key or document number; null when the journal knows neither.</summary>
    private async Task<Answer?> StoredAnswerAsync(Request request, CancellationToken cancellation)
    {
#if PLANTED_BUGS
        if (Planted.Is("key-in-memory-only") && request.Options.Key is { } asked && !keys.MayKnow(KeyKinds.Idempotency(asked.Route), asked.Value))
        {
            return null;
        }
#endif
        if (request.Options.Key is { } key
            && await FindKeyAsync(KeyKinds.Idempotency(key.Route), key.Value, request, cancellation) is { } byKey)
        {
            return await RepeatAsync(request, byKey.Version, byKey.Fingerprint, Repeat.Key, cancellation);
        }

        return NumberKey.Of(request.Command) is { } number && await FindKeyAsync(KeyKinds.Of(number.Kind), number.Value, request, cancellation) is { } byNumber
            ? await RepeatAsync(request, byNumber.Version, byNumber.Fingerprint, Repeat.Number, cancellation)
            : null;
    }

    private Task<StoredKey?> FindKeyAsync(string kind, string value, Request request, CancellationToken cancellation) =>
        WaitAsync(services.Reader.FindKeyAsync(Id.Value, kind, value, cancellation), request.Deadline, cancellation);

    private async Task<Answer> RepeatAsync(Request request, long version, byte[] fingerprint, Repeat repeat, CancellationToken cancellation)
    {
#if PLANTED_BUGS
        fingerprint = Planted.Is("key-of-another-body") ? request.Fingerprint : fingerprint;
#endif
        if (!fingerprint.AsSpan().SequenceEqual(repeat == Repeat.Key ? request.Fingerprint : request.FactsFingerprint))
        {
            return repeat == Repeat.Key
                ? new Answer.Refused(RefusalCode.KeyReused, "The idempotency key was used with another body.")
                : request.Command is ResolveDispute ? new Answer.Refused(RefusalCode.DisputeResolved, "The dispute was resolved before, and otherwise.")
                : new Answer.Refused(RefusalCode.NumberConflict, request.Command switch
                {
                    ReversePayment => "The payment is reversed already, on another day or for another reason.",
                    DecidePlan => "The plan was decided already, and otherwise.",
                    UndoAllocation => "The allocation is undone already, on another day.",
                    _ => "The number exists with other content.",
                });
        }

        var (events, last) = await WaitAsync(Entries.ReadAppendAsync(services.Reader, Id, version, cancellation), request.Deadline, cancellation);
        var first = new Answer.Done(events, last, repeat);

        // The same request again gets its first answer. Another one with the number of a document gets the document as it is: a
        // till must not sell on a reservation that has ended. A file sent again only asks whether its lines are in.
        return repeat == Repeat.Key || request.Options.Bulk ? first : await AsItStandsAsync(first, request, cancellation);
    }

    private async Task<Answer> AsItStandsAsync(Answer.Done first, Request request, CancellationToken cancellation)
    {
        switch (request.Command)
        {
            case PostPayment payment when await FindKeyAsync(KeyKinds.Reversal, payment.PaymentId.Value, request, cancellation) is not null:
                return new Answer.Refused(RefusalCode.PaymentReversed, $"Payment {payment.PaymentId} was posted before and has been reversed; post under another id.");
            case ReserveCredit:
                var reserved = first.Events.OfType<CreditReserved>().Single();
                var state = await AskAsync(new FindReservation(reserved.Reservation.Id), request.Options with { Key = null }, cancellation) is Answer.Unchanged found
                    ? found.Reservation
                    : throw new InvariantException($"Reservation {reserved.Reservation.Id} of account {Id} is on disk and was not found.");
                return Account.NotActive(state) is { } ended
                    ? new Answer.Refused(ended.Code, ended.Detail)
                    : first with { Events = [.. first.Events.Select(each => ReferenceEquals(each, reserved) ? reserved with { Reservation = state } : each)] };
            case WriteOff write when await FindKeyAsync(KeyKinds.Of(NumberKind.WriteOffReversal), write.Id.Value, request, cancellation) is not null:
                return new Answer.Refused(RefusalCode.WriteOffReversed, $"Write-off {write.Id} was posted before and has been taken back; post under another id.");
            case RaiseDispute raise:
                return await AsOfNowAsync(account => account.FindDispute(raise.Id), request, cancellation) is { } dispute
                    ? first with { Events = [.. first.Events.Select(each => each is DisputeRaised raised ? raised with { Dispute = dispute } : each)] }
                    : new Answer.Refused(RefusalCode.DisputeResolved, $"Dispute {raise.Id} was raised before and is resolved; raise it under another id.");
            case MakePromise make:
                return await AsOfNowAsync(account => account.FindPromise(make.Id), request, cancellation) is { Status: PromiseStatus.Open } promise
                    ? first with { Events = [.. first.Events.Select(each => each is PromiseMade made ? made with { Promise = promise } : each)] }
                    : new Answer.Refused(RefusalCode.PromiseEnded, $"Promise {make.Id} was recorded before and has ended; record it under another id.");
            case RequestPlan plans:
                return await AsOfNowAsync(account => account.FindPlan(plans.Id), request, cancellation) is { IsOpen: true } plan
                    ? first with { Events = [.. first.Events.Select(each => each is PlanRequested requested ? requested with { Plan = plan } : each)] }
                    : new Answer.Refused(RefusalCode.PlanEnded, $"Plan {plans.Id} was requested before and has ended; request it under another id.");
            case RequestRefund refund:
                return await AsOfNowAsync(account => account.FindRefund(refund.Id), request, cancellation) is { IsOpen: true } asked
                    ? first with { Events = [.. first.Events.Select(each => each is RefundRequested requested ? requested with { Refund = asked } : each)] }
                    : new Answer.Refused(RefusalCode.RefundState, $"Refund {refund.Id} was requested before and has ended; request it under another id.");
            default:
                return first;
        }
    }

    /// <summary>Something of the account as it stands, with what time has brought, once that is on disk.</summary>
    private async Task<T?> AsOfNowAsync<T>(Func<Account, T?> read, Request request, CancellationToken cancellation)
        where T : class
    {
        await AskAsync(new RunDue(), ByTheClock, services.Technical.GetElapsedTime(services.Technical.GetTimestamp(), request.Deadline), cancellation);
        while (true)
        {
            GoWhenFenced();
            await EnsureLoadedAsync(request.Deadline, cancellation);
            T? found;
            InFlight? last;
            lock (gate)
            {
                if (account is null)
                {
                    continue;
                }

                (found, last) = (read(account), Unsettled(newest));
            }

            if (await StandsAsync(last, request.Asked, request.Deadline, cancellation))
            {
                return found;
            }
        }
    }

    private async Task<Answer?> AnswerOfAsync(Request request, InFlight sent, AppendOutcome outcome, CancellationToken cancellation)
    {
        switch (outcome)
        {
            case AppendOutcome.Committed:
                return new Answer.Done(sent.Events, sent.Entry.LastVersion, Repeat.None);
            case AppendOutcome.Fenced or AppendOutcome.Superseded:
                return null;
            case AppendOutcome.Rejected rejected:
                throw new InvariantException($"The database refuses an append of account {Id}: {rejected.Reason}");
            case AppendOutcome.DuplicateKey duplicate:
                var known = await StoredAnswerAsync(request, cancellation);
                return known ?? await RepeatAsync(request, duplicate.StoredVersion, duplicate.StoredFingerprint, Repeat.Number, cancellation);
            default:
                throw new InvariantException($"Unknown outcome {outcome.GetType().Name}.");
        }
    }

    /// <summary>The number is taken in memory: by something in flight, or by something on disk.</summary>
    private async Task<Answer?> ResolveTakenAsync(NumberKey number, Turn turn, Request request, CancellationToken cancellation)
    {
        if (request.Doubts)
        {
            (request.Doubts, request.NumberIsFree) = (false, true);
            return await StoredAnswerAsync(request, cancellation);
        }

        // What took the number may itself be in flight and fail; then the number is free again.
        if (turn.Last is { } last && await WaitAsync(SettleAsync(last), request.Deadline, cancellation) is not AppendOutcome.Committed)
        {
            return null;
        }

        return await StoredAnswerAsync(request, cancellation)
            ?? throw new InvariantException($"Number {number.Value} of account {Id} is in memory but not on disk.");
    }

    private async Task<Answer?> CheckedAsync(DecisionRecord decision, Turn turn, Request request, CancellationToken cancellation)
    {
#if PLANTED_BUGS
        turn = Planted.Is("check-sees-uncommitted-release") ? turn with { LastMakingRoom = null } : turn;
#endif
        if (!await StandsAsync(turn.LastMakingRoom, request.Asked, request.Deadline, cancellation))
        {
            return null;
        }

        return await services.Checks.RecordAsync(Id, decision, request.Options.By, cancellation)
            ? new Answer.Checked(decision)
            : throw new AccountBusyException("Too many credit checks wait to be recorded.");
    }

    /// <summary>
    /// A refusal, or "it is so already", stands on what was in flight: if that fails, it is decided anew. Only then is the
    /// recorded answer looked for: what made it so may be this very request, sent twice at once.
    /// </summary>
    private async Task<Answer?> AfterCommitAsync(Turn turn, Request request, Answer answer, CancellationToken cancellation) =>
        await StandsAsync(turn.Last, request.Asked, request.Deadline, cancellation) ? await StoredAnswerAsync(request, cancellation) ?? answer : null;

    /// <summary>
    /// True when an answer without a commit of its own may be given: what it stands on is on disk, and no other node has
    /// written this account, as a round trip younger than two seconds has shown, or one begun after the request where another
    /// activation may be at work. The commit of what it stands on is such a round trip if it was sent so late.
    /// </summary>
    private async Task<bool> StandsAsync(InFlight? last, long asked, long deadline, CancellationToken cancellation)
    {
        if (last is not null && await WaitAsync(SettleAsync(last), deadline, cancellation) is not AppendOutcome.Committed)
        {
            return false;
        }

#if PLANTED_BUGS
        if (Planted.Is("stale-memory-answers"))
        {
            return true;
        }

#endif
        long version;
        byte[] hash;
        int memory;
        lock (gate)
        {
            if (MayHaveTwin ? lastRoundTrip > asked : services.Technical.GetElapsedTime(lastRoundTrip) < ActorServices.Freshness)
            {
                return true;
            }

            (version, hash, memory) = (committedVersion, committedHash, generation);
        }

        var readAt = services.Technical.GetTimestamp();
        var head = await WaitAsync(services.Reader.ReadHeadAsync(Id.Value, cancellation), deadline, cancellation);
        lock (gate)
        {
            if (memory != generation)
            {
                return false;
            }

            if (head.Version == version && head.Hash.AsSpan().SequenceEqual(hash))
            {
                lastRoundTrip = Math.Max(lastRoundTrip, readAt);
                return true;
            }

            // Either our own commit came in between, which proves the head by itself, or another node wrote.
            if (committedVersion == version && inFlight.Count == 0)
            {
                fenced = true;
                Reset(afterVersion: version);
            }

            return false;
        }
    }

    private async Task<Answer?> ReadDocumentAsync(DocumentRequest wanted, Request request, CancellationToken cancellation)
    {
        InFlight? last;
        long version;
        lock (gate)
        {
            if (!request.Pinned)
            {
                request.Pinned = true;
                documentReads++;
            }

            (last, version) = (Unsettled(newest), account?.Version ?? 0);
        }

        if (last is null || await WaitAsync(SettleAsync(last), request.Deadline, cancellation) is AppendOutcome.Committed)
        {
            var read = await WaitAsync(services.Documents.ReadAsync(Id, wanted, version, cancellation), request.Deadline, cancellation);
            request.Known = read with { Earlier = request.Known };
        }

        return null;
    }

    private void Unpin(Request request)
    {
        if (request.Pinned)
        {
            lock (gate)
            {
                documentReads--;
            }
        }
    }
}
