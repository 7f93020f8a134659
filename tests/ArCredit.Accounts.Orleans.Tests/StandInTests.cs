using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using Shouldly;
using Xunit;

namespace ArCredit.Accounts.Orleans.Tests;

/// <summary>What the cluster host takes for Orleans is Orleans: no type of ours bears the name of one that it uses.</summary>
public sealed class StandInTests
{
    [Fact]
    public void No_type_of_the_product_is_named_like_one_of_Orleans_that_it_uses()
    {
        var used = NamesUsedOfOrleans(typeof(OrleansModule).Assembly);
        used.ShouldContain("IGrainWithStringKey");

        var ours = Directory.EnumerateFiles(AppContext.BaseDirectory, "ArCredit.*.dll")
            .SelectMany(file => Assembly.Load(AssemblyName.GetAssemblyName(file)).GetTypes())
            .Where(type => !type.IsNested && type.Namespace?.StartsWith("ArCredit", StringComparison.Ordinal) == true);
        ours.Where(type => used.Contains(type.Name)).Select(type => type.FullName).ShouldBeEmpty();
    }

    private static HashSet<string> NamesUsedOfOrleans(Assembly assembly)
    {
        using var file = new PEReader(File.OpenRead(assembly.Location));
        var reader = file.GetMetadataReader();
        return
        [
            .. reader.TypeReferences.Select(reader.GetTypeReference)
                .Where(type => type.ResolutionScope.Kind == HandleKind.AssemblyReference)
                .Where(type => reader.GetString(reader.GetAssemblyReference((AssemblyReferenceHandle)type.ResolutionScope).Name).StartsWith("Orleans.", StringComparison.Ordinal))
                .Select(type => reader.GetString(type.Name)),
        ];
    }
}
