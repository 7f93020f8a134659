namespace ArCredit.Platform.Start;

/// <summary>The admin key that this start made, handed out once to whoever prints it. It goes to the console only, never to the log.</summary>
public sealed class NewAdminKey
{
    private string? key;

    /// <summary>The key, the first time; null ever after, and when none was made.</summary>
    public string? Take() => Interlocked.Exchange(ref key, null);

    /// <summary>Called by whoever made it.</summary>
    public void Put(string made) => key = made;
}
