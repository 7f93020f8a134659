namespace ArCredit.Platform.Http;

/// <summary>What is wrong with a request, by field path (<c>invoice.dueDate</c>, <c>instalments[2].amount</c>; "" = the body itself).</summary>
public sealed class FieldErrors
{
    /// <summary>A hostile body must not be answered with megabytes; the rest is dropped.</summary>
    private const int MaxFields = 100;

    private readonly Dictionary<string, List<string>> errors = new(StringComparer.Ordinal);
    private string[] closed = [];

    /// <summary>True once something was added.</summary>
    public bool Any => errors.Count > 0;

    /// <summary>Messages by path, in the order they were found.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> ByPath =>
        errors.ToDictionary(pair => pair.Key, pair => (IReadOnlyList<string>)pair.Value, StringComparer.Ordinal);

    /// <summary>From here on nothing is added to the fields named so far and to what is within them: what could not be read is not judged.</summary>
    public void Close() => closed = [.. errors.Keys];

    /// <summary>Adds a message without the field's name ("must be a date as YYYY-MM-DD").</summary>
    public void Add(string path, string message)
    {
        if (Array.Exists(closed, named => Covers(named, path)))
        {
            return;
        }

        if (errors.TryGetValue(path, out var messages))
        {
            if (!messages.Contains(message, StringComparer.Ordinal))
            {
                messages.Add(message);
            }
        }
        else if (errors.Count < MaxFields)
        {
            errors.Add(path, [message]);
        }
    }

    /// <summary>The 400 (or 422) that names every field.</summary>
    public ProblemResult ToProblem(int status = 400, string code = "INVALID_REQUEST") =>
        new(status, code, "The request has fields that are not acceptable.") { Errors = ByPath };

    private static bool Covers(string named, string path) =>
        named.Length == 0 || path == named || (path.StartsWith(named, StringComparison.Ordinal) && path[named.Length] is '.' or '[');
}
