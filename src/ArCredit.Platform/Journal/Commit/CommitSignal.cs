namespace ArCredit.Platform.Journal.Commit;

/// <summary>Tells the feed that something was committed on this node.</summary>
internal sealed class CommitSignal
{
    private Action? listeners;

    /// <summary>Called on a lane's thread, so <paramref name="listener"/> only sets a flag.</summary>
    public void Subscribe(Action listener) => listeners += listener;

    public void Raise() => listeners?.Invoke();
}
