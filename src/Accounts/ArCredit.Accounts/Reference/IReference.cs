using ArCredit.Accounts.Domain.Policies;

namespace ArCredit.Accounts.Reference;

/// <summary>Companies, policies and rates as this node knows them now.</summary>
internal interface IReference
{
    /// <summary>Immutable; read once per decision.</summary>
    ReferenceBook Current { get; }

    /// <summary>Returns once <see cref="Current"/> holds what any node had written before the call.</summary>
    Task RefreshAsync(CancellationToken cancellation);
}

internal static class CompanyLookup
{
    /// <summary>Null when there is no company of that name. Of one that is not known here, another node may just have been told.</summary>
    public static async ValueTask<Company?> FindCompanyAsync(this IReference reference, string id, CancellationToken cancellation)
    {
        if (reference.Current.FindCompany(id) is { } known)
        {
            return known;
        }

        await reference.RefreshAsync(cancellation);
        return reference.Current.FindCompany(id);
    }
}
