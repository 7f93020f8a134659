using ArCredit.Accounts.Domain.Ledger;
using ArCredit.Kernel;
using Shouldly;
using Xunit;

namespace ArCredit.Accounts.Tests.Domain.Ledger;

/// <summary>The map against the framework's, across the size at which it changes its shape.</summary>
public sealed class SmallMapTests
{
    [Fact]
    public void Holds_what_a_dictionary_holds_after_any_sequence()
    {
        var random = new Random(4711);
        var (map, expected) = (new SmallMap<int, string>(), new Dictionary<int, string>());
        for (var step = 0; step < 20_000; step++)
        {
            // Grows to some forty entries and shrinks to none, again and again.
            var (key, grows) = (random.Next(40), step / 500 % 2 == 0);
            switch (random.Next(grows ? 6 : 3))
            {
                case 0:
                    map.Remove(key, out var removed).ShouldBe(expected.Remove(key, out var gone));
                    removed.ShouldBe(gone);
                    break;
                case 1 when !grows:
                    map.RemoveWhere(key, static (value, wanted) => value.Length > wanted);
                    expected.Where(entry => entry.Value.Length > key).ToList().ForEach(entry => expected.Remove(entry.Key));
                    break;
                case 1 when !expected.ContainsKey(key):
                    map.Add(key, $"{step}");
                    expected.Add(key, $"{step}");
                    break;
                default:
                    if (grows)
                    {
                        map[key] = $"{step}";
                        expected[key] = $"{step}";
                    }

                    break;
            }

            map.Count.ShouldBe(expected.Count);
            map.TryGetValue(key, out var value).ShouldBe(expected.TryGetValue(key, out var known));
            value.ShouldBe(known);
            map.Values.Order().ShouldBe(expected.Values.Order());
        }
    }

    [Fact]
    public void A_key_is_added_once()
    {
        var map = new SmallMap<int, string>();
        map.Add(1, "a");
        Should.Throw<InvariantException>(() => map.Add(1, "b"));
        map.GetValueOrDefault(1).ShouldBe("a");
        map.GetValueOrDefault(2).ShouldBeNull();
    }
}
