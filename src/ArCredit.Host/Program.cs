using ArCredit.Host;

return await ArCreditHost.RunAsync(args);
