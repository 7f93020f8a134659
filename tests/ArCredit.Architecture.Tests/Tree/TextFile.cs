namespace ArCredit.Architecture.Tests.Tree;

/// <summary>Tells files that people read from those that only programs read.</summary>
internal static class TextFile
{
    /// <summary>True when the file of the tree holds no zero byte, as git decides it.</summary>
    public static bool IsText(string path) => !File.ReadAllBytes(Repository.PathOf(path)).AsSpan().Contains((byte)0);
}
