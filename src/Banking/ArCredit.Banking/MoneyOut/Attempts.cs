using System.Runtime.ExceptionServices;

namespace ArCredit.Banking.MoneyOut;

/// <summary>Does one thing after the other, whatever became of those before, so that one that fails holds up no other. What failed first is thrown at the end.</summary>
/// <param name="log">Is told of each failure.</param>
internal sealed class Attempts(Action<Exception> log)
{
    private ExceptionDispatchInfo? first;

    public async Task TryAsync(Func<Task> one, CancellationToken cancellation)
    {
        try
        {
            await one();
        }
        catch (Exception failure) when (!cancellation.IsCancellationRequested)
        {
            first ??= ExceptionDispatchInfo.Capture(failure);
            log(failure);
        }
    }

    public void Finish() => first?.Throw();
}
