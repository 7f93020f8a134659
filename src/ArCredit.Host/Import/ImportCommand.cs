using System.CommandLine;
using System.Text.Json;
using ArCredit.Accounts.Features.Import;
using ArCredit.Host.Start;
using ArCredit.Identity;
using ArCredit.Platform.Start;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace ArCredit.Host.Import;

/// <summary><c>build/run import FILE</c>.</summary>
internal static class ImportCommand
{
    private const int Unusable = 2;
    private const int Stopped = 130;
    private const string About =
        """
        Imports customers, invoices and payments from a file.

        With --mapping a foreign CSV is turned into them (examples: build/mappings/*.json) with its whole history: documents are posted at
        their own date and nothing is checked. A negative amount becomes a credit note; one that is settled is refused, because the file does
        not say against what. Without a column for the number, numbers are made from the row's content and its occurrence.
        With --kind the file has our own fields already: .csv with a header, else one JSON object per line.

        With --server it goes through a running server, without it the data is opened here, and no server may run on it.
        The same file again changes nothing, so an import that was stopped is simply run again.
        Exit code: 0 everything was taken, 1 some lines were not (see --errors), 2 misused, or the data or the server cannot be used,
        130 stopped.
        """;

    private static readonly Argument<string> File = new("FILE") { Description = "The file to import" };
    private static readonly Option<string?> MappingFile = new("--mapping") { Description = "Mapping of a foreign CSV", HelpName = "MAP.json" };
    private static readonly Option<string?> Kind = new("--kind") { Description = "What a file in our own shape holds" };
    private static readonly Option<string?> Server = new("--server") { Description = "Address of a running server", HelpName = "URL" };
    private static readonly Option<string?> Key = new("--key") { Description = "API key for --server. Default: ARCREDIT_ADMIN_KEY", HelpName = "KEY" };
    private static readonly Option<string?> Company = new("--company") { Description = "Company of the customers, with --kind. Default: as the lines say", HelpName = "NAME" };
    private static readonly Option<bool> History = new("--history") { Description = "With --kind: facts of the past, posted at their own date" };
    private static readonly Option<bool> Replace = new("--replace") { Description = "Replaces customers that differ; otherwise they are conflicts" };
    private static readonly Option<string?> Errors = new("--errors") { Description = "Writes lines that were not taken here, as NDJSON", HelpName = "FILE" };

    /// <summary>The subcommand; the host's own flags are the root's and hold here too.</summary>
    public static Command Create(Func<string[]> args)
    {
        Kind.AcceptOnlyFromAmong([.. Enum.GetNames<ImportKind>().Select(JsonNamingPolicy.KebabCaseLower.ConvertName)]);
        var command = new Command("import", About) { File, MappingFile, Kind, Server, Key, Company, History, Replace, Errors };
        command.SetAction((line, cancellation) => RunAsync(line, args(), cancellation));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult line, string[] args, CancellationToken cancellation)
    {
        try
        {
            var (steps, mode) = Open(line, cancellation);
            await using var errors = line.GetValue(Errors) is { } path ? new StreamWriter(path) : null;
            var progress = new ImportProgress(Console.Error, !Console.IsErrorRedirected, TimeProvider.System);
            if (line.GetValue(Server) is { } server)
            {
                var key = line.GetValue(Key) ?? Environment.GetEnvironmentVariable(IdentityModule.AdminKeyVariable)
                    ?? throw new SettingException("--server needs --key or ARCREDIT_ADMIN_KEY.");
                using var http = HttpTarget.Connect(server, key);
                return await new ImportRun(new HttpTarget(http, mode), progress, errors).RunAsync(steps, cancellation) ? 0 : 1;
            }

            await using var app = ArCreditHost.Build(args, services => services.Replace(ServiceDescriptor.Singleton<IServer, DeafServer>()));
            await app.StartAsync(cancellation);
            try
            {
                var target = new InProcessTarget(app.Services.GetRequiredService<IAccountImport>(), mode);
                return await new ImportRun(target, progress, errors).RunAsync(steps, cancellation) ? 0 : 1;
            }
            finally
            {
                await app.StopAsync(CancellationToken.None);
            }
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return Stopped;
        }
        catch (HttpRequestException unreachable)
        {
            await Console.Error.WriteLineAsync(unreachable.Message);
            return Unusable;
        }
        catch (Exception failure) when (StartFailure.Explain(failure) is { } known)
        {
            await Console.Error.WriteLineAsync(known.Line);
            return Unusable;
        }
    }

    private static (IAsyncEnumerable<ImportStep> Steps, ImportMode Mode) Open(ParseResult line, CancellationToken cancellation)
    {
        var path = line.GetRequiredValue(File);
        var mapping = line.GetValue(MappingFile);
        var kind = line.GetValue(Kind);
        if ((mapping is null) == (kind is null))
        {
            throw new SettingException("import needs either --mapping or --kind.");
        }

        if (!System.IO.File.Exists(path))
        {
            throw new SettingException($"There is no file {path}.");
        }

        if (mapping is null)
        {
            var kinds = Enum.GetValues<ImportKind>();
            var wanted = Array.Find(kinds, each => JsonNamingPolicy.KebabCaseLower.ConvertName(each.ToString()) == kind);
            return (OwnFile.ReadAsync(path, wanted, cancellation), new ImportMode(line.GetValue(History), line.GetValue(Company), line.GetValue(Replace)));
        }

        var map = Mapping.Read(mapping);
        var file = new ForeignFile(path, map);
        file.Check();
        return (
            new MappedSteps(file, map).Read().ToAsyncEnumerable(),
            new ImportMode(History: true, map.Company, line.GetValue(Replace)));
    }

    /// <summary>The application runs, and nobody can call it.</summary>
    private sealed class DeafServer : IServer
    {
        public IFeatureCollection Features { get; } = new FeatureCollection();

        public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
            where TContext : notnull => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public void Dispose()
        {
            // It holds nothing.
        }
    }
}
