using ArCredit.Host;
using ArCredit.Host.Start;
using ArCredit.Testing.App;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Shouldly;
using Xunit;

namespace ArCredit.Scenarios.Start;

public sealed class StopLimitTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_stop_is_waited_for_but_not_for_ever(bool ends)
    {
        using var directory = new TestDirectory();
        var service = new Lingering(ends);
        await using var app = ArCreditHost.Build(
            ["--data", directory.Path, "--urls", "http://127.0.0.1:0"], services => services.AddHostedService(_ => service));
        await app.StartAsync();
        var waiting = StopLimit.WaitAsync(app, ends ? TimeSpan.FromSeconds(30) : TimeSpan.Zero);
        waiting.IsCompleted.ShouldBeFalse();

        app.Lifetime.StopApplication();
        (await waiting).ShouldBe(ends);
        service.LetGo();
    }

    private sealed class Lingering(bool ends) : IHostedService
    {
        private readonly TaskCompletionSource stopped = new();

        public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => ends ? Task.CompletedTask : stopped.Task;

        public void LetGo() => stopped.TrySetResult();
    }
}
