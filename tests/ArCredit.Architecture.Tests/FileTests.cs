using System.Text;
using System.Text.RegularExpressions;
using ArCredit.Architecture.Tests.Tree;
using Shouldly;
using Xunit;

namespace ArCredit.Architecture.Tests;

/// <summary>What holds for every text file of the repository, in whatever language.</summary>
public sealed class FileTests
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    // Put together from parts, so that this file does not find itself.
    private static readonly Regex MachinePath = new(@"(?<![\w.])/" + @"(work|tmp/bash_jobs[\w.]*)/");

    // The places packages are published at; a machine's own mirror is nobody else's business.
    private static readonly string[] PublicHosts = ["api.nuget.org", "registry.npmjs.org", "schemas.microsoft.com", "json.schemastore.org", "learn.microsoft.com"];
    private static readonly string[] BuildFiles = [".props", ".targets", ".csproj", ".config", ".npmrc", "package-lock.json", "package.json", "packages.lock.json"];
    private static readonly Regex Host = new("https?://([^/\"'\\s:]+)");

    [Fact]
    public void Every_text_is_UTF8_and_ends_with_a_line() =>
        Repository.Files.Where(TextFile.IsText).SelectMany(path => BadText(path, File.ReadAllBytes(Repository.PathOf(path)))).ShouldBeNone();

    [Fact]
    public void No_file_names_a_folder_of_the_machine_it_was_written_on() =>
        Texts(Repository.Files).SelectMany(file => MachinePaths(file.Path, file.Text)).ShouldBeNone();

    [Fact]
    public void Packages_come_from_public_registries_only() =>
        Texts(Repository.Files.Where(path => BuildFiles.Any(name => path.EndsWith(name, StringComparison.OrdinalIgnoreCase))))
            .SelectMany(file => PrivateHosts(file.Path, file.Text)).ShouldBeNone();

    [Fact]
    public void Every_script_stops_at_the_first_error_and_ends_only_what_it_started() =>
        Texts(Repository.Files).SelectMany(file => CarelessScript(file.Path, file.Text)).ShouldBeNone();

    [Fact]
    public void Bad_text_is_found()
    {
        BadText("a", [0xC3, 0x28, (byte)'\n']).ShouldBe(["a is not UTF-8"]);
        BadText("a", "x"u8.ToArray()).ShouldBe(["a does not end with a line feed"]);
        BadText("a", [0xEF, 0xBB, 0xBF, (byte)'\n']).ShouldBe(["a begins with a byte order mark"]);
        BadText("a", "ünï\n"u8.ToArray()).ShouldBeEmpty();
        BadText("a", []).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("cd /wo", "rk/main", 1)]
    [InlineData("/tmp/bash", "_jobs.0/17/stdout", 1)]
    [InlineData("GET /wo", "rklist", 0)]
    [InlineData("../wo", "rk/x", 0)]
    public void A_machine_path_is_found(string first, string second, int findings) => MachinePaths("a", first + second).Count().ShouldBe(findings);

    [Fact]
    public void A_private_registry_is_found()
    {
        PrivateHosts("a", "<add value=\"http://10.0.0.7:4873/nuget\" />").ShouldBe(["a gets packages from 10.0.0.7"]);
        PrivateHosts("a", "<add value=\"https://api.nuget.org/v3/index.json\" />").ShouldBeEmpty();
    }

    [Fact]
    public void A_careless_script_is_found()
    {
        CarelessScript("a", "#!/usr/bin/env bash\necho\n").ShouldBe(["a does not set -euo pipefail"]);
        CarelessScript("a", "#!/usr/bin/env bash\nset -euo pipefail\npki" + "ll -f dotnet\n").ShouldBe(["a ends processes by name"]);
        CarelessScript("a", "#!/usr/bin/env bash\nset -euo pipefail\nkill \"$pid\"\n").ShouldBeEmpty();
    }

    private static IEnumerable<(string Path, string Text)> Texts(IEnumerable<string> paths) =>
        paths.Where(TextFile.IsText).Select(path => (path, File.ReadAllText(Repository.PathOf(path))));

    private static IEnumerable<string> BadText(string path, byte[] bytes)
    {
        if (!IsStrictUtf8(bytes))
        {
            yield return $"{path} is not UTF-8";
        }
        else if (bytes.AsSpan().StartsWith(Encoding.UTF8.Preamble) && !path.EndsWith(".sln", StringComparison.Ordinal))
        {
            yield return $"{path} begins with a byte order mark";
        }
        else if (bytes.Length > 0 && bytes[^1] != '\n')
        {
            yield return $"{path} does not end with a line feed";
        }
    }

    private static bool IsStrictUtf8(byte[] bytes)
    {
        try
        {
            Strict.GetCharCount(bytes);
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }

    private static IEnumerable<string> MachinePaths(string path, string text) =>
        MachinePath.Matches(text).Select(match => $"{path} names the machine's folder {match.Value}");

    private static IEnumerable<string> PrivateHosts(string path, string text) =>
        Host.Matches(text).Select(match => match.Groups[1].Value).Except(PublicHosts).Select(host => $"{path} gets packages from {host}");

    private static IEnumerable<string> CarelessScript(string path, string text)
    {
        if (!text.StartsWith("#!", StringComparison.Ordinal) || !text.Split('\n')[0].EndsWith("bash", StringComparison.Ordinal))
        {
            yield break;
        }

        if (!text.Contains("\nset -euo pipefail\n", StringComparison.Ordinal))
        {
            yield return $"{path} does not set -euo pipefail";
        }

        if (Regex.IsMatch(text, "\\b(pki" + "ll|killa" + "ll)\\b"))
        {
            yield return $"{path} ends processes by name";
        }
    }
}
