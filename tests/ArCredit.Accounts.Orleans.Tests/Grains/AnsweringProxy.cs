using System.Reflection;

namespace ArCredit.Accounts.Orleans.Tests.Grains;

/// <summary>Any interface, made of one answer. A class that implements a grain's interface would be a grain to Orleans.</summary>
public class AnsweringProxy : DispatchProxy
{
    /// <summary>What every method returns.</summary>
    public Func<object> Answer { get; set; } = null!;

    /// <inheritdoc/>
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) => Answer();
}
