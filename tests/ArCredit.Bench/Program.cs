using ArCredit.Bench;
using ArCredit.Bench.Rivals;

if (args is ["serve", var arm, var connectionString])
{
    return await RivalServer.RunAsync(arm, connectionString);
}

if (args is ["variant", var variant, .. var flags])
{
    return await ProductVariant.RunAsync(variant, flags);
}

try
{
    return await BenchRun.RunAsync(BenchOptions.Parse(args));
}
catch (BenchException failure)
{
    await Console.Error.WriteLineAsync("build/bench failed: " + Full(failure));
    return 1;
}

static string Full(Exception failure) => failure.InnerException is { } inner ? $"{failure.Message} {Full(inner)}" : failure.Message;
