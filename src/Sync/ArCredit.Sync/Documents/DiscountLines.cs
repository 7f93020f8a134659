using System.Globalization;
using System.Text.RegularExpressions;
using ArCredit.Accounts.Contracts;

namespace ArCredit.Sync.Documents;

/// <summary>Early-payment discount as XRechnung writes it into BT-20: a line #SKONTO#TAGE=14#PROZENT=2.25# for each step.</summary>
internal static partial class DiscountLines
{
    private const int MaxSteps = 10;
    private const int MaxDays = 3650;

    /// <summary>The steps of the terms; null = they have none that counts. What cannot be used is a warning.</summary>
    /// <param name="terms">BT-20, with its line ends.</param>
    /// <param name="due">BT-115; a step of another base is no discount of what is due.</param>
    /// <param name="warnings">Gets what was passed over.</param>
    public static IReadOnlyList<DiscountStep>? Read(string? terms, decimal due, List<string> warnings)
    {
        if (terms is null)
        {
            return null;
        }

        var steps = new List<DiscountStep>();
        foreach (var line in terms.Split('\n').Select(line => line.Trim()).Where(line => line.Contains("#SKONTO#", StringComparison.Ordinal)))
        {
            var match = Step().Match(line);
            var days = match.Success ? int.Parse(match.Groups["days"].Value, CultureInfo.InvariantCulture) : 0;
            var percent = match.Success ? decimal.Parse(match.Groups["percent"].Value, CultureInfo.InvariantCulture) : 0;
            var hasOtherBase = match.Groups["base"] is { Success: true } of && decimal.Parse(of.Value, CultureInfo.InvariantCulture) != due;
            if (percent is <= 0 or > 100 || days > MaxDays || hasOtherBase || steps.Count == MaxSteps)
            {
                warnings.Add(hasOtherBase ? $"DISCOUNT_OF_A_PART: {line}" : $"DISCOUNT_UNREADABLE: {line[..Math.Min(line.Length, 100)]}");
                continue;
            }

            steps.Add(new DiscountStep(percent, days));
        }

        return steps.Count == 0 ? null : steps;
    }

    /// <summary>The lines of steps, each with its line end.</summary>
    public static string Write(IEnumerable<DiscountStep> steps) =>
        string.Concat(steps.Select(step => string.Create(CultureInfo.InvariantCulture, $"#SKONTO#TAGE={step.Days}#PROZENT={step.Percent:0.00##}#\n")));

    [GeneratedRegex(@"^#SKONTO#TAGE=(?<days>\d{1,4})#PROZENT=(?<percent>\d{1,3}(\.\d{1,4})?)(#BASISBETRAG=(?<base>-?\d{1,15}(\.\d{1,4})?))?#$", RegexOptions.ExplicitCapture)]
    private static partial Regex Step();
}
