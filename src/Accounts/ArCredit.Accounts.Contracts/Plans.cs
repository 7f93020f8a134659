using System.Text.Json.Serialization;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Contracts;

/// <summary>Where a payment plan stands. Stored: only ever add.</summary>
public enum PlanStatus
{
    /// <summary>Waits for approval; changes nothing yet.</summary>
    Requested,

    /// <summary>In force and kept so far.</summary>
    Active,

    /// <summary>Everything it asks for has arrived in time.</summary>
    Kept,

    /// <summary>The last day of an instalment has passed and too little had arrived.</summary>
    Broken,

    /// <summary>Ended by credit control.</summary>
    Cancelled,

    /// <summary>Not approved.</summary>
    Rejected,

    /// <summary>Taken back before it was decided.</summary>
    Withdrawn,

    /// <summary>Nobody had decided it when the date of its first instalment had passed.</summary>
    Expired,
}

/// <summary>How a requested plan is decided. Stored: only ever add.</summary>
public enum PlanDecision
{
    /// <summary>It is in force from now on.</summary>
    Approve,

    /// <summary>It is not.</summary>
    Reject,

    /// <summary>Nobody wants it any more.</summary>
    Withdraw,
}

/// <summary>How often instalments are due.</summary>
public enum PlanInterval
{
    /// <summary>Every seven days.</summary>
    Week,

    /// <summary>On the day of the first, or a shorter month's last.</summary>
    Month,
}

/// <summary>An item of a plan.</summary>
/// <param name="Invoice">The invoice, debit note or claim.</param>
/// <param name="Instalment">The invoice's, from 1.</param>
/// <param name="Amount">Minor units.</param>
public sealed record PlanLine(DocumentNumber Invoice, int Instalment, long Amount);

/// <summary>An instalment of a plan.</summary>
/// <param name="On">When it is due.</param>
/// <param name="Amount">Minor units.</param>
/// <param name="LastOn">The last day in time, with the grace and holidays that held when it was requested.</param>
public sealed record PlanInstalment(DateOnly On, long Amount, DateOnly LastOn);

/// <summary>A payment plan as it stands after an event.</summary>
/// <param name="Id">Unique within the account.</param>
/// <param name="Currency">Of its items and instalments.</param>
/// <param name="Lines">At least one, with all that was open of it when the plan was requested.</param>
/// <param name="Instalments">At least one, by date; they sum up to the lines.</param>
/// <param name="Tolerance">So much less is still kept, minor units.</param>
/// <param name="GraceDays">Business days.</param>
/// <param name="RequestedOn">Company's date.</param>
/// <param name="RequestedAt">Business instant.</param>
/// <param name="RequestedBy">The caller, by id.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Asked">What it asks for in all: its lines less what was credited or given up since and what is disputed, minor units.</param>
/// <param name="Received">What payments have taken off its lines since it was requested, minor units.</param>
/// <param name="BreaksOn">The last day of the first instalment that is not paid; null unless it is active.</param>
/// <param name="HoldsUntil">It does not break before this day has passed, because it asks for something again; null = never did.</param>
/// <param name="DecidedOn">Company's date of the approval, rejection or withdrawal, or of the request where none was needed.</param>
/// <param name="DecidedAt">Business instant of that.</param>
/// <param name="DecidedBy">Who decided, by id; null while nobody has or had to.</param>
/// <param name="EndedOn">Company's date; null while it is requested or active.</param>
/// <param name="EndedAt">Business instant; null while it is requested or active.</param>
/// <param name="Reference">Of the agreement.</param>
/// <param name="Note">For people, with the request.</param>
/// <param name="DecisionNote">For people, with the decision.</param>
/// <param name="Lifted">Of one that was cancelled after it was broken: that.</param>
public sealed record PlanState(
    DocumentNumber Id, Currency Currency, IReadOnlyList<PlanLine> Lines, IReadOnlyList<PlanInstalment> Instalments, long Tolerance, int GraceDays,
    DateOnly RequestedOn, DateTimeOffset RequestedAt, string RequestedBy, PlanStatus Status = PlanStatus.Requested, long Asked = 0, long Received = 0,
    DateOnly? BreaksOn = null, DateOnly? HoldsUntil = null, DateOnly? DecidedOn = null, DateTimeOffset? DecidedAt = null, string? DecidedBy = null,
    DateOnly? EndedOn = null, DateTimeOffset? EndedAt = null, string? Reference = null, TextRef? Note = null, TextRef? DecisionNote = null,
    PlanStatus? Lifted = null)
{
    /// <summary>All its lines as requested, minor units.</summary>
    [JsonIgnore]
    public long Amount => Lines.Sum(line => line.Amount);

    /// <summary>It waits or is in force: its items are in no other.</summary>
    [JsonIgnore]
    public bool IsOpen => Status is PlanStatus.Requested or PlanStatus.Active;

    /// <summary>After this day the clock ends it: of one that waits the first instalment's date, of an active one <see cref="BreaksOn"/>.</summary>
    [JsonIgnore]
    public DateOnly? LapsesOn => Status == PlanStatus.Requested ? Instalments[0].On : BreaksOn;

    /// <summary>It was in force at some time.</summary>
    [JsonIgnore]
    public bool WasActive => Status is not (PlanStatus.Requested or PlanStatus.Rejected or PlanStatus.Withdrawn or PlanStatus.Expired);
}

/// <summary>An item that shall be in a plan; instalment null = all that are open.</summary>
public sealed record PlanItem(DocumentNumber Invoice, int? Instalment);

/// <summary>An instalment as it is asked for; major units of the items' currency, which only the account knows.</summary>
public sealed record PlanPayment(DateOnly On, decimal Amount);

/// <summary>Instalments of one size; what does not divide is on the last.</summary>
/// <param name="Count">At least 1.</param>
/// <param name="Every">How often.</param>
/// <param name="First">The first one's date.</param>
public sealed record PlanSchedule(int Count, PlanInterval Every, DateOnly First);

/// <summary>Asks for a payment plan.</summary>
/// <param name="Id">The caller's own id, unique within the account.</param>
/// <param name="Items">Null = everything overdue of the currency.</param>
/// <param name="Currency">Of the items; null = the account's, or that of the items named.</param>
/// <param name="Payments">Its instalments; null = by schedule.</param>
/// <param name="Schedule">Its instalments; null = as named.</param>
/// <param name="GraceDays">Business days; null = the policy's.</param>
/// <param name="Reference">Of the agreement.</param>
/// <param name="Note">For people.</param>
/// <param name="By">The caller, by id.</param>
public sealed record RequestPlan(
    DocumentNumber Id, IReadOnlyList<PlanItem>? Items, Currency? Currency, IReadOnlyList<PlanPayment>? Payments, PlanSchedule? Schedule, int? GraceDays,
    string? Reference, FreeText? Note, [property: JsonIgnore] string By) : AccountCommand
{
    /// <inheritdoc/>
    public override IEnumerable<FreeText> Texts => Note is null ? [] : [Note];
}

/// <summary>Approves, rejects or withdraws a requested plan.</summary>
/// <param name="Id">The plan.</param>
/// <param name="Decision">Which.</param>
/// <param name="Note">For people.</param>
/// <param name="By">The caller, by id; approving one's own request is refused with <see cref="RefusalCode.OwnRequest"/>.</param>
public sealed record DecidePlan(DocumentNumber Id, PlanDecision Decision, FreeText? Note, [property: JsonIgnore] string By) : AccountCommand
{
    /// <inheritdoc/>
    public override IEnumerable<FreeText> Texts => Note is null ? [] : [Note];
}

/// <summary>Ends a plan that is active, or lifts one that is broken.</summary>
/// <param name="Id">The plan.</param>
/// <param name="MayLift">The caller's right; without it one that is broken is refused with <see cref="RefusalCode.ApprovalRequired"/>.</param>
public sealed record CancelPlan(DocumentNumber Id, [property: JsonIgnore] bool MayLift) : AccountCommand;

/// <summary>A plan was asked for; active at once where the policy wants no approval.</summary>
public sealed record PlanRequested(PlanState Plan) : AccountEvent;

/// <summary>A plan was approved, rejected or withdrawn.</summary>
public sealed record PlanDecided(PlanState Plan) : AccountEvent;

/// <summary>What an act took off an item of a plan, beyond its part too.</summary>
/// <param name="Invoice">The invoice, debit note or claim.</param>
/// <param name="Instalment">The invoice's, from 1.</param>
/// <param name="Amount">Minor units; negative = put back.</param>
/// <param name="PostedOn">The act's accounting date.</param>
public sealed record PlanMove(DocumentNumber Invoice, int Instalment, long Amount, DateOnly PostedOn);

/// <summary>Money, a credit, a dispute or the clock has moved a plan, or it was cancelled.</summary>
/// <param name="Plan">As it stands.</param>
/// <param name="Moves">What the acts of the same append took off its items or put back, each item once a day; null = nothing.</param>
public sealed record PlanChanged(PlanState Plan, IReadOnlyList<PlanMove>? Moves = null) : AccountEvent;
