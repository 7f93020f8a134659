using System.Text;
using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Features;
using ArCredit.Accounts.Journal;
using ArCredit.Accounts.Tests.Domain;
using Shouldly;
using Xunit;

namespace ArCredit.Accounts.Tests.Features;

/// <summary>Events as entries of a timeline.</summary>
public sealed class TimelineEntriesTests
{
    private static readonly DateTimeOffset At = new(2026, 3, 4, 20, 0, 0, TimeSpan.Zero);

    /// <summary>What each event of the stored journal is about, by its name.</summary>
    [Fact]
    public void Every_event_has_its_place_and_names_what_it_is_about()
    {
        var seen = new HashSet<string>();
        foreach (var line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Samples", "journal.txt")))
        {
            var parts = line.Split(' ', 3);
            seen.Add(parts[0]);
            var happened = EventCodec.Decode(parts[0], int.Parse(parts[1], null), Encoding.UTF8.GetBytes(parts[2]));
            var entry = TimelineEntries.Of(happened, 1, At, "2026-03-05".Day(), out var note);
            (entry.Number ?? (entry.Kind == TimelineKind.Change ? "-" : entry.Decision?.DecisionId)).ShouldNotBeNull(parts[0]);
            (entry.Amount is null).ShouldBe(entry.Kind is TimelineKind.Change or TimelineKind.Contact || parts[0] == "money-cleared", parts[0]);
            (entry.Currency is null).ShouldBe(entry.Amount is null, parts[0]);
            (note is null || parts[2].Contains(note.Id.ToString("D"), StringComparison.Ordinal)).ShouldBeTrue(parts[0]);
        }

        seen.ShouldBe(EventCodec.Names, ignoreOrder: true);
    }
}
