using ArCredit.Torture;

return await CommandLine.RunAsync(args);
