using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain.Policies;
using ArCredit.Accounts.Projections;
using ArCredit.Kernel;
using ArCredit.Platform.Data;
using ArCredit.Platform.Http;
using Dapper;

namespace ArCredit.Accounts.Features.Reads;

/// <summary>What is disputed, promised and in a payment plan of an account's items on a day.</summary>
internal sealed class OpenItemMarks
{
    private readonly Dictionary<(string Number, long Instalment), List<Row>> byItem = [];

    /// <summary>Disputed amounts are overdue like all others.</summary>
    public bool DisputedIsOverdue { get; private init; }

    /// <summary>So is what is in a payment plan.</summary>
    public bool PlannedIsOverdue { get; private init; }

    /// <summary>So are claims.</summary>
    public bool ClaimsAreOverdue { get; private init; }

    /// <summary>By invoice, when what is retained of it would be due, had it been released when that was expected; only where that counts.</summary>
    private Dictionary<string, DateOnly> Retained { get; init; } = [];

    /// <summary>The marks, of one document or of all, and what the policy says of them.</summary>
    public static async Task<OpenItemMarks> ReadAsync(
        DbSession session, AccountId account, AsKnown asKnown, DateOnly today, Func<string?, EffectivePolicy> policyOf,
        CancellationToken cancellation, DocumentNumber? number = null)
    {
        var parameters = new DynamicParameters();
        parameters.Add("account", account.Value);
        parameters.Add("today", today);
        var where = "account_id = @account and (lapses_on is null or lapses_on >= @today)";
        if (number is { } only)
        {
            parameters.Add("number", only.Value);
            where += " and number = @number";
        }

        if (asKnown.AsOf is null && asKnown.At is null)
        {
            where += " and until_on is null";
        }

        var moved = string.Empty;
        if (asKnown.AsOf is { } day)
        {
            parameters.Add("asOf", day);
            moved += " and p.posted_on <= @asOf";
            where += " and since_on <= @asOf and (until_on is null or until_on > @asOf)";
        }

        if (asKnown.At is { } instant)
        {
            parameters.Add("knownAt", instant);
            moved += " and p.recorded_at <= @knownAt";
            where += " and since_at <= @knownAt and (until_at is null or until_at > @knownAt)";
        }

        var rows = (await session.Connection.QueryAsync<Row>(new CommandDefinition(
            $"select kind as Kind, number as Number, instalment as Instalment, {PlanMoves.LeftOf(moved)} as Amount from item_mark m where {where}", parameters,
            session.Transaction, cancellationToken: cancellation))).Where(row => row.Amount > 0).AsList();
        var segment = await session.Connection.QuerySingleOrDefaultAsync<string?>(new CommandDefinition(
            "select segment from account_view where account_id = @account", new { account = account.Value }, session.Transaction,
            cancellationToken: cancellation));
        var policy = policyOf(segment);
        var marks = new OpenItemMarks
        {
            DisputedIsOverdue = policy.Disputes.CountAsOverdue,
            PlannedIsOverdue = policy.Plans.CountAsOverdue,
            ClaimsAreOverdue = policy.Claims.CountAsOverdue,
            Retained = policy.Retentions.CountAsOverdue ? await RetainedAsync(session, account, cancellation) : [],
        };
        foreach (var row in rows)
        {
            var key = (row.Number, row.Instalment);
            if (!marks.byItem.TryGetValue(key, out var known))
            {
                marks.byItem.Add(key, known = new List<Row>(1));
            }

            known.Add(row);
        }

        return marks;
    }

    private static async Task<Dictionary<string, DateOnly>> RetainedAsync(DbSession session, AccountId account, CancellationToken cancellation)
    {
        var rows = await session.Connection.QueryAsync<RetainedRow>(new CommandDefinition(
            "select number as Number, expected_on as ExpectedOn, due_days as DueDays from retention where account_id = @account and expected_on < @never",
            new { account = account.Value, never = RetentionTerms.NoDueDate }, session.Transaction, cancellationToken: cancellation));
        return rows.ToDictionary(row => row.Number, row => RetentionTerms.DueWhenExpected(row.ExpectedOn, (int)(row.DueDays ?? 0)), StringComparer.Ordinal);
    }

    /// <summary>What is disputed of an item, minor units; may be more than is open.</summary>
    public long DisputedOf(string number, long instalment) => SumOf(MarkKind.Disputed, number, instalment);

    private long SumOf(MarkKind kind, string number, long instalment) => byItem.GetValueOrDefault((number, instalment), [])
        .Where(row => row.Kind == EnumNames.Name(kind)).Sum(row => row.Amount);

    /// <summary>The flags of an item: those of its document, and what follows from its amounts and marks. A credit has no marks and is never overdue.</summary>
    public List<string> FlagsOf(ItemAmounts item, IEnumerable<string> ofDocument, DateOnly today)
    {
        var flags = new List<string>(ofDocument);
        var isOwed = item.Type.IsDebit() && item.Open > 0;
        var leftOut = (DisputedIsOverdue ? 0 : DisputedOf(item.Number, item.Instalment))
            + (PlannedIsOverdue ? 0 : SumOf(MarkKind.InPlan, item.Number, item.Instalment));
        var dueOn = item.DueDate == RetentionTerms.NoDueDate ? Retained.GetValueOrDefault(item.Number, item.DueDate) : item.DueDate;
        if (isOwed && (ClaimsAreOverdue || !item.Type.IsClaim()) && dueOn < today && item.Open > leftOut)
        {
            flags.Insert(0, "overdue");
        }

        if (item.Open > 0 && item.Unearned > 0)
        {
            flags.Add("unearnedDiscount");
        }

        if (item.Returned > 0)
        {
            flags.Add("returned");
        }

        if (isOwed && item.DueDate == RetentionTerms.NoDueDate)
        {
            flags.Add("retained");
        }

        if (isOwed)
        {
            flags.AddRange(KindsOf(item.Number, item.Instalment));
        }

        return flags;
    }

    private IEnumerable<string> KindsOf(string number, long instalment) => byItem.GetValueOrDefault((number, instalment), [])
        .Select(row => row.Kind).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);

    /// <summary>What the flags of an item follow from; amounts in minor units.</summary>
    internal readonly record struct ItemAmounts(ItemType Type, string Number, long Instalment, DateOnly DueDate, long Open, long Unearned, long Returned);

    private sealed class Row
    {
        public string Kind { get; init; } = string.Empty;

        public string Number { get; init; } = string.Empty;

        public long Instalment { get; init; }

        public long Amount { get; init; }
    }

    private sealed class RetainedRow
    {
        public string Number { get; init; } = string.Empty;

        public DateOnly ExpectedOn { get; init; }

        public long? DueDays { get; init; }
    }
}
