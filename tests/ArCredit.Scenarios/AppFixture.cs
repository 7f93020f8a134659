using ArCredit.Testing.App;
using Xunit;

namespace ArCredit.Scenarios;

/// <summary>One application for the tests of a class that leave nothing behind that another would trip over.</summary>
public sealed class AppFixture : IAsyncLifetime
{
    public RunningApp App { get; private set; } = null!;

    public ApiClient Admin => App.Admin;

    public async Task InitializeAsync() => App = await RunningApp.StartAsync();

    public async Task DisposeAsync() => await App.DisposeAsync();
}
