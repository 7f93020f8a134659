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
    await Console.Error.WriteLineAsync("build/bench: " + failure.Message);
    return 1;
}
