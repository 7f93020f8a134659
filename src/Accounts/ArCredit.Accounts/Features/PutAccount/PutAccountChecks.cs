using System.Globalization;
using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Domain.Interest;
using ArCredit.Accounts.Features.Shared;
using ArCredit.Accounts.Reference;
using ArCredit.Kernel;
using ArCredit.Platform.Http;

namespace ArCredit.Accounts.Features;

/// <summary>Reads master data from a body.</summary>
internal static class PutAccountChecks
{
    /// <summary>The company of accounts that name none; made at the first start.</summary>
    public const string DefaultCompany = "main";

    private const int MaxBuyers = 500;
    private const int MaxContacts = 100;
    private const int MaxExternalIds = 50;
    private const int MaxEndpoints = 20;

    /// <summary>The command of a body.</summary>
    public static PutAccount ToCommand(AccountId account, PutAccountBody body, bool mayChangeLimits, RequestChecks checks)
    {
        if (body.ParentId == account)
        {
            checks.Refuse("parentId", "must be another account");
        }

        var master = new MasterData(
            body.Currency, checks.Line("company", body.Company, ReferenceNames.MaxLength) ?? DefaultCompany,
            checks.Line("segment", body.Segment, ReferenceNames.MaxLength), body.ParentId, ReadGroupLimit(body.GroupLimit, checks),
            body.ExemptFromGroup ?? false, PaymentTermsBody.Read("paymentTerms", body.PaymentTerms, checks), body.ReferenceRequired ?? false,
            ReadBuyers(body, checks), checks.Number("interestRate", body.InterestRate, 0, 1000, InterestSum.RateDecimals));
        bool? closed = body.Status is not { } status ? null : status switch
        {
            PutStatus.Active => false,
            PutStatus.Closed => true,
        };
        return new PutAccount(master, ReadLimits(body, checks), closed, ReadDetails(body, checks).ToText(), mayChangeLimits, IfVersion: null);
    }

    private static Money? ReadGroupLimit(MoneyBody? limit, RequestChecks checks) =>
        limit is null ? null : checks.Amount("groupLimit.amount", limit.Amount, limit.Currency, orZero: true);

    private static LimitChanges ReadLimits(PutAccountBody body, RequestChecks checks)
    {
        if (body.CreditLimit.Value is not null && body.Unlimited.Value == true)
        {
            checks.Refuse("creditLimit", "must be left out or null where unlimited is true");
        }

        var limit = checks.Amount("creditLimit", body.CreditLimit.Value, body.Currency, orZero: true);
        TemporaryLimit? temporary = null;
        if (body.TemporaryLimit.Value is { } given)
        {
            if (given.To < given.From)
            {
                checks.Refuse("temporaryLimit.to", "must not be before from");
            }

            temporary = new TemporaryLimit(
                checks.Amount("temporaryLimit.amount", given.Amount, body.Currency, orZero: true).Minor,
                checks.Date("temporaryLimit.from", given.From), checks.Date("temporaryLimit.to", given.To));
        }

        return new LimitChanges(
            new Change<long?>(body.CreditLimit.IsGiven, limit?.Minor), new Change<bool?>(body.Unlimited.IsGiven, body.Unlimited.Value),
            new Change<TemporaryLimit>(body.TemporaryLimit.IsGiven, temporary),
            new Change<DateOnly?>(body.LimitExpiresOn.IsGiven, checks.Date("limitExpiresOn", body.LimitExpiresOn.Value)));
    }

    private static Buyer[] ReadBuyers(PutAccountBody body, RequestChecks checks)
    {
        var given = checks.List("buyers", body.Buyers, MaxBuyers);
        var buyers = new Buyer[given.Count];
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < buyers.Length; i++)
        {
            var at = string.Create(CultureInfo.InvariantCulture, $"buyers[{i}]");
            checks.Line($"{at}.id", given[i].Id, 64);
            checks.Line($"{at}.name", given[i].Name, 200);
            if (given[i].Id is { } id && !seen.Add(id))
            {
                checks.Refuse($"{at}.id", "is given twice");
            }

            buyers[i] = new Buyer(
                given[i].Id, checks.Amount($"{at}.limit", given[i].Limit, body.Currency, orZero: true)?.Minor,
                checks.Date($"{at}.validTo", given[i].ValidTo));
        }

        return buyers;
    }

    private static AccountDetails ReadDetails(PutAccountBody body, RequestChecks checks)
    {
        if (body.Country is { } country && (country.Length != 2 || !country.All(char.IsAsciiLetterUpper)))
        {
            checks.Refuse("country", "must be an ISO 3166 code of two capitals");
        }

        if (body.TimeZone is { } zone && !TimeZones.TryFind(zone, out _))
        {
            checks.Refuse("timeZone", TimeZones.Rule);
        }

        return new AccountDetails
        {
            Name = checks.Line("name", body.Name, 200),
            Region = checks.Line("region", body.Region, 64),
            Department = checks.Line("department", body.Department, 64),
            Industry = checks.Line("industry", body.Industry, 64),
            Country = body.Country,
            Collector = checks.Line("collector", body.Collector, 64),
            Language = checks.Line("language", body.Language, 35),
            TimeZone = body.TimeZone,
            TaxId = checks.Line("taxId", body.TaxId, 64),
            EndpointIds = ReadEndpoints(body.EndpointIds, checks),
            Address = ReadAddress(body.Address, checks),
            InvoicingCycle = checks.Line("invoicingCycle", body.InvoicingCycle, 64),
            BuyerNames = BuyerNames(body),
            Contacts = ReadContacts(body.Contacts, checks),
            ExternalIds = ReadExternalIds(body.ExternalIds, checks),
        };
    }

    private static IReadOnlyList<PartyId>? ReadEndpoints(IReadOnlyList<PartyId>? endpoints, RequestChecks checks)
    {
        var given = checks.List("endpointIds", endpoints, MaxEndpoints);
        for (var i = 0; i < given.Count; i++)
        {
            var at = string.Create(CultureInfo.InvariantCulture, $"endpointIds[{i}]");
            checks.Line($"{at}.scheme", given[i].Scheme, PartyId.MaxScheme);
            checks.Line($"{at}.id", given[i].Id, PartyId.MaxId);
        }

        return given.Count == 0 ? null : given;
    }

    private static PostalAddress? ReadAddress(PostalAddress? address, RequestChecks checks)
    {
        checks.Line("address.street", address?.Street, 200);
        checks.Line("address.additional", address?.Additional, 200);
        checks.Line("address.city", address?.City, 100);
        checks.Line("address.postalCode", address?.PostalCode, 20);
        checks.Line("address.region", address?.Region, 100);
        return address;
    }

    private static Dictionary<string, string>? BuyerNames(PutAccountBody body)
    {
        Dictionary<string, string>? names = null;
        foreach (var buyer in body.Buyers ?? [])
        {
            if (buyer is { Id: { } id, Name: { } name })
            {
                (names ??= new(StringComparer.Ordinal))[id] = name;
            }
        }

        return names;
    }

    private static IReadOnlyList<Contact>? ReadContacts(IReadOnlyList<Contact>? contacts, RequestChecks checks)
    {
        var given = checks.List("contacts", contacts, MaxContacts);
        for (var i = 0; i < given.Count; i++)
        {
            var (at, contact) = (string.Create(CultureInfo.InvariantCulture, $"contacts[{i}]"), given[i]);
            checks.Line($"{at}.name", contact.Name, 200);
            checks.Line($"{at}.phone", contact.Phone, 40);
            checks.Line($"{at}.role", contact.Role, 64);
            if (checks.Line($"{at}.email", contact.Email, 254) is { } email && email.IndexOf('@', StringComparison.Ordinal) is var sign
                && (sign < 1 || sign == email.Length - 1))
            {
                checks.Refuse($"{at}.email", "must be an e-mail address");
            }

            foreach (var channel in contact.Consents?.Keys ?? [])
            {
                checks.Line($"{at}.consents", channel, 32);
            }
        }

        return contacts;
    }

    private static IReadOnlyDictionary<string, string>? ReadExternalIds(IReadOnlyDictionary<string, string>? ids, RequestChecks checks)
    {
        if (ids?.Count > MaxExternalIds)
        {
            checks.Refuse("externalIds", $"must have at most {MaxExternalIds} entries");
        }

        foreach (var (system, id) in ids ?? new Dictionary<string, string>())
        {
            checks.Line("externalIds", system, 64);
            checks.Line($"externalIds.{system}", id, 128);
        }

        return ids;
    }
}
