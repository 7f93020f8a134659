namespace ArCredit.Bench.Arms;

/// <summary>Names of the arms on the command line.</summary>
internal static class ArmNames
{
    public const string Product = "product";
    public const string Locking = "locking";
    public const string Function = "function";
    public const string Pgbench = "pgbench";
    public const string Bare = "bare";
    public const string Pipeline = "pipeline";
    public const string Check = "check";
    public const string Silo = "silo";
    public const string Silos = "silos";
}
