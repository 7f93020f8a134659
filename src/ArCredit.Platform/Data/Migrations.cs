using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;

namespace ArCredit.Platform.Data;

/// <summary>One script as it will run on this database.</summary>
/// <param name="Name">Date, number and words: what is recorded and what orders.</param>
/// <param name="Sql">The whole script.</param>
internal sealed record Migration(string Name, string Sql);

/// <summary>The scripts embedded in one module.</summary>
/// <param name="Assembly">The module's.</param>
/// <param name="IsRun">False for a module that is not in use here: databases that it was used on have its scripts, others do not.</param>
internal sealed partial record MigrationSource(Assembly Assembly, bool IsRun = true)
{
    /// <summary>The module's scripts for <paramref name="dialect"/>: its own, else the common one.</summary>
    public IEnumerable<Migration> Read(Dialect dialect)
    {
        var wanted = dialect == Dialect.Sqlite ? "sqlite" : "postgres";
        foreach (var scripts in Assembly.GetManifestResourceNames()
            .Select(resource => FileName().Match(resource))
            .Where(match => match.Success)
            .GroupBy(match => match.Groups["name"].Value))
        {
            var script = scripts.FirstOrDefault(match => match.Groups["dialect"].Value == wanted)
                ?? scripts.FirstOrDefault(match => !match.Groups["dialect"].Success)
                ?? (IsRun ? throw new MigrationException(string.Create(CultureInfo.InvariantCulture, $"{scripts.Key} in {Assembly.GetName().Name} has no script for {dialect}.")) : null);
            if (script is null)
            {
                continue;
            }

            using var reader = new StreamReader(Assembly.GetManifestResourceStream(script.Value)!);
            yield return new Migration(scripts.Key, reader.ReadToEnd());
        }
    }

    [GeneratedRegex(@"^.*\.Migrations\.(?<name>\d{8}_\d\d_[a-z0-9_]+)(\.(?<dialect>sqlite|postgres))?\.sql$")]
    private static partial Regex FileName();
}
