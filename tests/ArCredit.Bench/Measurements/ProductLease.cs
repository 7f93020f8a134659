using ArCredit.Bench.Arms;

namespace ArCredit.Bench.Measurements;

/// <summary>
/// An arm A for a measurement: a process of its own, warmed up, without what the rounds left in its memory. A quick run takes
/// the one that is up, which is checked when everything is over.
/// </summary>
internal sealed class ProductLease(ProductArm arm, bool isOwn, CancellationToken cancellation) : IAsyncDisposable
{
    public ProductArm Arm { get; } = arm;

    public static async Task<ProductLease> TakeAsync(BenchContext bench, string name, string title)
    {
        if (bench.Kept is { } kept)
        {
            return new ProductLease(kept, false, bench.Cancellation);
        }

        var arm = new ProductArm(name, title, bench);
        await arm.StartAsync(bench.Cancellation);
        await Warming.RunAsync(arm, bench);
        return new ProductLease(arm, true, bench.Cancellation);
    }

    /// <summary>The arm's check, with what others than its own load had acknowledged.</summary>
    public async Task CheckAsync(long more)
    {
        Arm.Expect(more);
        if (isOwn)
        {
            BenchContext.Say($"{Arm.Title}: {await Arm.CheckAsync(cancellation)}");
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => isOwn ? Arm.DisposeAsync() : ValueTask.CompletedTask;
}
