using System.CommandLine;
using ArCredit.Host.Import;
using ArCredit.Host.Verify;
using ArCredit.Platform.Start;
using Microsoft.Extensions.Configuration;

namespace ArCredit.Host.Start;

/// <summary>The command line: every flag, and <c>--Section:Key=value</c> for any other setting.</summary>
internal static class HostCommand
{
    private const string About =
        """
        ArCredit decides credit on account sales: a till asks, the customer's account decides, the decision is on disk before the answer.

        Every flag can also be set by the environment variable named behind it. Further settings, in the environment only:
          ARCREDIT_ADMIN_KEY               the admin key, at least 16 random characters; without it the first start makes one and prints it once
          ConnectionStrings__ArCredit      "Host=..." switches from the SQLite file to PostgreSQL
          OTEL_EXPORTER_OTLP_ENDPOINT      where to send metrics and traces
        """;

    private const string FallbackUrl = "http://127.0.0.1:5080";

    /// <summary>The parsed line; subcommands are added here.</summary>
    public static ParseResult Parse(string[] args)
    {
        var root = new RootCommand(About);
        foreach (var flag in HostFlag.All)
        {
            root.Options.Add(flag.ToOption());
        }

        // The line without a subcommand is the server, which is not run from here; without an action it would be an error.
        root.SetAction(static _ => { });
        root.Subcommands.Add(ImportCommand.Create(() => args));
        root.Subcommands.Add(VerifyCommand.Create(() => args));
        return root.Parse([.. args.Where(arg => !IsSetting(arg))]);
    }

    /// <summary>True when the line asks for help, the version or a subcommand, which run without the server.</summary>
    public static bool RunsItself(ParseResult line) =>
        line.Errors.Count == 0 && line.Action is { } action && !ReferenceEquals(action, line.RootCommandResult.Command.Action);

    /// <summary>Puts what the line and the environment say into the configuration, above everything else in it.</summary>
    /// <exception cref="SettingException">A flag is unknown or its value is not acceptable.</exception>
    public static void Apply(string[] args, IConfigurationManager configuration)
    {
        var line = Parse(args);
        if (line.Errors.Count > 0)
        {
            throw new SettingException($"{line.Errors[0].Message} --help lists the flags.");
        }

        var settings = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        foreach (var setting in args.Where(IsSetting))
        {
            var equals = setting.IndexOf('=', StringComparison.Ordinal);
            settings[setting[2..equals]] = setting[(equals + 1)..];
        }

        foreach (var flag in HostFlag.All)
        {
            if (flag.Read(line, configuration) is { } value)
            {
                settings[flag.Key] = value;
            }
        }

        if (configuration["urls"] is null && configuration["http_ports"] is null)
        {
            settings.TryAdd("urls", FallbackUrl);
        }

        configuration.AddInMemoryCollection(settings);
    }

    private static bool IsSetting(string arg)
    {
        var colon = arg.IndexOf(':', StringComparison.Ordinal);
        return arg.StartsWith("--", StringComparison.Ordinal) && colon > 2 && colon < arg.IndexOf('=', StringComparison.Ordinal);
    }
}
