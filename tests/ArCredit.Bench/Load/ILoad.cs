namespace ArCredit.Bench.Load;

/// <summary>Closed-loop load: every connection asks again as soon as it is answered.</summary>
internal interface ILoad : IDisposable
{
    /// <summary>What makes it, for the record.</summary>
    string Name { get; }

    /// <summary>Sends <paramref name="request"/> over and over.</summary>
    Task<LoadCount> RunAsync(Uri server, LoadRequest request, int connections, int seconds, CancellationToken cancellation);
}
