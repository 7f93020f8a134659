namespace ArCredit.Bench;

/// <summary>Files that travel inside the program.</summary>
internal static class Resource
{
    public static string Read(string name)
    {
        using var stream = typeof(Resource).Assembly.GetManifestResourceStream(name) ?? throw new BenchException($"{name} is not embedded.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}

/// <summary>Something does not work: the bench ends with one line.</summary>
internal sealed class BenchException(string message, Exception? inner = null) : Exception(message, inner);
