using System.Xml.Linq;

namespace ArCredit.Architecture.Tests.Tree;

/// <summary>A project on disk with the projects it references, all relative to the root, with '/'.</summary>
internal sealed record ProjectFile(string Path, IReadOnlyList<string> References)
{
    private static readonly Lazy<IReadOnlyList<ProjectFile>> LazyAll = new(() =>
        [.. Repository.FilesEnding(".csproj").Select(path => Read(path, File.ReadAllText(Repository.PathOf(path))))]);

    /// <summary>Every project of the repository.</summary>
    public static IReadOnlyList<ProjectFile> All => LazyAll.Value;

    /// <summary>The module of a project in src: its folder there, or its own name; null outside src.</summary>
    public static string? ModuleOf(string path)
    {
        var parts = path.Split('/');
        return parts[0] == "src" ? parts[1] : null;
    }

    /// <summary>Reads a project from its XML.</summary>
    public static ProjectFile Read(string path, string xml)
    {
        var folder = System.IO.Path.GetDirectoryName(Repository.PathOf(path))!;
        var references = XDocument.Parse(xml).Descendants("ProjectReference")
            .Select(reference => reference.Attribute("Include")!.Value.Replace('\\', '/'))
            .Select(include => System.IO.Path.GetRelativePath(Repository.Root, System.IO.Path.GetFullPath(include, folder)).Replace('\\', '/'));
        return new ProjectFile(path, [.. references]);
    }
}
