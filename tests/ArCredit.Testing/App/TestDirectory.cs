namespace ArCredit.Testing.App;

/// <summary>A directory of a test's own, removed with it.</summary>
public sealed class TestDirectory : IDisposable
{
    /// <summary>Full path.</summary>
    public string Path { get; } = Directory.CreateTempSubdirectory("arcredit-test-").FullName;

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Directory.Exists(Path))
        {
            ScenarioHost.Drop(Path);
            Directory.Delete(Path, recursive: true);
        }
    }
}
