using System.Reflection;
using Orleans;
using Shouldly;
using Xunit;

namespace ArCredit.Accounts.Orleans.Tests;

/// <summary>Where Orleans itself can be seen, no type of ours bears the name of one of its own.</summary>
public sealed class StandInTests
{
    [Fact]
    public void No_type_of_the_product_is_named_like_one_of_Orleans()
    {
        var theirs = Load("Orleans*.dll").SelectMany(assembly => assembly.GetExportedTypes()).Where(type => !type.IsNested).Select(type => type.Name).ToHashSet();
        theirs.ShouldContain(nameof(IGrain));

        var ours = Load("ArCredit.*.dll").SelectMany(assembly => assembly.GetTypes()).Where(type => type.Namespace?.StartsWith("ArCredit", StringComparison.Ordinal) == true);
        ours.Where(type => theirs.Contains(type.Name)).Select(type => type.FullName).ShouldBeEmpty();
    }

    private static IEnumerable<Assembly> Load(string pattern) =>
        Directory.EnumerateFiles(AppContext.BaseDirectory, pattern).Select(file => Assembly.Load(AssemblyName.GetAssemblyName(file)));
}
