using ArCredit.Bench;
using ArCredit.Bench.Rivals;

if (args is ["serve", var arm, var connectionString])
{
    return await RivalServer.RunAsync(arm, connectionString);
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
