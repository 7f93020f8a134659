using System.Collections.Concurrent;
using Shouldly;

namespace ArCredit.Banking.Tests.MoneyOut;

/// <summary>
/// Sees what the file system says of a folder: a file that somebody collects is never written under its name, not even for a moment, because whoever
/// collects may look in that moment. It gets its name when it is whole.
/// </summary>
internal sealed class OutboxWatch : IDisposable
{
    private const string End = "end-of-watch";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(25);

    private readonly string folder;
    private readonly FileSystemWatcher watcher;
    private readonly ConcurrentQueue<string> written = new();
    private readonly ConcurrentDictionary<string, bool> named = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public OutboxWatch(string folder)
    {
        this.folder = Directory.CreateDirectory(folder).FullName;
        watcher = new FileSystemWatcher(folder) { NotifyFilter = NotifyFilters.FileName | NotifyFilters.LastWrite | NotifyFilters.Size, InternalBufferSize = 64 * 1024 };
        watcher.Created += (_, seen) => See(seen.Name!, isWritten: false);
        watcher.Renamed += (_, seen) => See(seen.Name!, isWritten: false);
        watcher.Changed += (_, seen) => See(seen.Name!, isWritten: true);
        watcher.Error += (_, failed) => ended.TrySetException(failed.GetException());
        watcher.EnableRaisingEvents = true;
    }

    /// <summary>Every file that was named was seen, and none was written under its name.</summary>
    public async Task ShouldHaveSeenWholeFilesOnlyAsync(IEnumerable<string> names)
    {
        // What was seen before this one has been told by then.
        var last = Path.Combine(folder, End);
        await File.WriteAllTextAsync(last, string.Empty);
        await ended.Task.WaitAsync(Patience);
        File.Delete(last);
        written.ShouldBeEmpty();
        names.Where(name => !named.ContainsKey(name)).ShouldBeEmpty();
    }

    public void Dispose() => watcher.Dispose();

    private void See(string name, bool isWritten)
    {
        if (name == End)
        {
            ended.TrySetResult();
        }
        else if (!name.StartsWith('.'))
        {
            named[name] = true;
            if (isWritten)
            {
                written.Enqueue(name);
            }
        }
    }
}
