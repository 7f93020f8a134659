using System.Text.Json;

namespace ArCredit.Platform.Http;

/// <summary>Roles as the interface writes them: <c>pos</c>, <c>credit-controller</c> …</summary>
public static class RoleNames
{
    private static readonly (string Name, Roles Role)[] All =
        [.. Enum.GetValues<Roles>().Where(role => role is not (Roles.None or Roles.Any)).Select(role => (JsonNamingPolicy.KebabCaseLower.ConvertName(role.ToString()), role))];

    /// <summary>Every name.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. All.Select(known => known.Name)];

    /// <summary>The names of what is held.</summary>
    public static IReadOnlyList<string> Of(Roles roles) => [.. All.Where(known => roles.HasFlag(known.Role)).Select(known => known.Name)];

    /// <summary>False when the name is no role.</summary>
    public static bool TryParse(string name, out Roles role)
    {
        role = Array.Find(All, known => known.Name == name).Role;
        return role != Roles.None;
    }
}
