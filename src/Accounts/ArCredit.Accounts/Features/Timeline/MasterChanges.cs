using System.Text.Json;
using System.Text.Json.Nodes;
using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Features.Shared;
using ArCredit.Accounts.Journal;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Features;

/// <summary>What one version of the master data has other than the one before.</summary>
internal static class MasterChanges
{
    /// <summary>
    /// Every field that is other, by name; all that is set when there was no version before. Of names, contacts and other texts
    /// nothing is told once either version of them is erased.
    /// </summary>
    public static IReadOnlyList<FieldChange> Between(AccountPut? before, AccountPut after, Func<TextRef, string?> textOf)
    {
        var (old, current) = (before is null ? [] : Fields(before), Fields(after));
        var (oldTexts, texts) = (before is null ? "{}" : textOf(before.Details), textOf(after.Details));
        if (oldTexts is not null && texts is not null)
        {
            Add(old, oldTexts);
            Add(current, texts);
        }

        var changes = new List<FieldChange>();
        foreach (var field in old.Select(each => each.Key).Union(current.Select(each => each.Key)).Order(StringComparer.Ordinal))
        {
            var (from, to) = (old[field], current[field]);
            if (!JsonNode.DeepEquals(from, to))
            {
                changes.Add(new FieldChange(field, from?.DeepClone(), to?.DeepClone()));
            }
        }

        return changes;
    }

    private static void Add(JsonObject fields, string texts)
    {
        foreach (var (name, value) in JsonNode.Parse(texts)?.AsObject() ?? [])
        {
            fields[name] = value?.DeepClone();
        }
    }

    // Amounts as the profile shows them.
    private static JsonObject Fields(AccountPut put)
    {
        var currency = put.Master.Currency;
        var fields = JsonSerializer.SerializeToNode(put.Master, EventCodec.Options)?.AsObject() ?? [];
        fields["groupLimit"] = put.Master.GroupLimit is { } group
            ? new JsonObject { ["amount"] = Money.ToDecimal(group.Minor, group.Currency), ["currency"] = group.Currency.Code }
            : null;
        fields["buyers"] = new JsonArray([.. put.Master.Buyers.Select(buyer => (JsonNode)new JsonObject
        {
            ["id"] = buyer.Id,
            ["limit"] = Amounts.Of(buyer.Limit, currency),
            ["validTo"] = Text(buyer.ValidTo),
        })]);
        fields["creditLimit"] = Amounts.Of(put.Limits.CreditLimit, currency);
        fields["unlimited"] = put.Limits.Unlimited;
        fields["temporaryLimit"] = put.Limits.Temporary is { } temporary
            ? new JsonObject { ["amount"] = Amounts.Of(temporary.Amount, currency), ["from"] = Text(temporary.From), ["to"] = Text(temporary.To) }
            : null;
        fields["limitExpiresOn"] = Text(put.Limits.ExpiresOn);
        fields["closed"] = put.Closed;
        return fields;
    }

    private static string? Text(DateOnly? day) => day?.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
}
