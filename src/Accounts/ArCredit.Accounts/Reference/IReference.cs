using ArCredit.Accounts.Domain.Policies;

namespace ArCredit.Accounts.Reference;

/// <summary>Companies, policies and rates as this node knows them now.</summary>
internal interface IReference
{
    /// <summary>Immutable; read once per decision.</summary>
    ReferenceBook Current { get; }
}
