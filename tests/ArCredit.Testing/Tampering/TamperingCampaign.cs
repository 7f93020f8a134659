using System.Globalization;
using ArCredit.Platform.Data;

namespace ArCredit.Testing.Tampering;

/// <summary>How a run of <see cref="TamperingCampaign"/> went.</summary>
/// <param name="Tampered">How often the journal was changed.</param>
/// <param name="Detected">How often that was named.</param>
/// <param name="Missed">What was not, each with the seed that does it again.</param>
public sealed record TamperingResult(int Tampered, int Detected, IReadOnlyList<string> Missed);

/// <summary>
/// Campaign R9: the journal is changed by hand at random places in every way there is, and each time verification must name the
/// account, and a row no later than the one that was changed. Cuts, lost accounts and rewritten ends need the exported heads.
/// </summary>
public static class TamperingCampaign
{
    /// <summary>Tampers <paramref name="count"/> times with a history it writes; number i uses seed + i, so that a count of 1 repeats one.</summary>
    public static async Task<TamperingResult> RunAsync(Dialect dialect, int count, int seed, TextWriter output)
    {
        await using var history = await WrittenHistory.WriteAsync(dialect);
        var missed = new List<string>();
        var detected = new int[Tampering.All.Count];
        var tampered = new int[Tampering.All.Count];
        for (var i = 0; i < count; i++)
        {
            var random = new Random(unchecked(seed + i));
            var kind = random.Next(Tampering.All.Count);
            tampered[kind]++;
            if (await MissedAsync(history, Tampering.All[kind], random) is { } wrong)
            {
                missed.Add(string.Create(CultureInfo.InvariantCulture, $"seed {unchecked(seed + i)}: {wrong}"));
            }
            else
            {
                detected[kind]++;
            }
        }

        for (var kind = 0; kind < Tampering.All.Count; kind++)
        {
            await output.WriteLineAsync(string.Create(
                CultureInfo.InvariantCulture, $"R9 {dialect}: {Tampering.All[kind].Name}: {detected[kind]} of {tampered[kind]} detected"));
        }

        foreach (var line in missed)
        {
            await output.WriteLineAsync($"R9 {dialect}: NOT DETECTED, {line}");
        }

        await output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture, $"R9 {dialect}: {detected.Sum()} of {count} detected, seeds {seed} to {unchecked(seed + count - 1)}"));
        return new TamperingResult(count, detected.Sum(), missed);
    }

    /// <summary>Null when it was detected; else what was not.</summary>
    private static async Task<string?> MissedAsync(WrittenHistory history, Tampering tampering, Random random)
    {
        var heads = history.Heads.Where(head => head.Version > 1).ToList();
        var head = heads[random.Next(heads.Count)];
        var other = heads[(heads.IndexOf(head) + 1 + random.Next(heads.Count - 1)) % heads.Count];
        var row = default(TamperedRow);
        var verified = await history.VerifyAsync(
            async session => row = await tampering.ChangeAsync(session, new TamperedPlace(head.Account, head.Version, (other.Account, other.Version), random)),
            tampering.NeedsHeads);
        var subject = tampering.NeedsHeads ? "heads" : "journal";
        return verified.Findings.Any(finding => finding.Account == head.Account && finding.Subject == subject && finding.Version <= row!.Version)
            ? null
            : $"{tampering.Name}, account {head.Account} version {row!.Version}, {row.What}";
    }
}
