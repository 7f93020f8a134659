namespace ArCredit.Architecture.Tests.Boundaries;

/// <summary>Every trial project checked in one MSBuild run, because starting it takes longer than checking.</summary>
public sealed class BoundaryVerdicts
{
    private readonly IReadOnlyList<string> errors;

    /// <summary>Builds the trials and runs the check on each.</summary>
    public BoundaryVerdicts()
    {
        using var tree = new TrialTree();
        foreach (var trial in Trial.All)
        {
            tree.Write(trial.Path, $"""
                <Project>
                  <ItemGroup>{trial.Items}</ItemGroup>
                  <Import Project="$([MSBuild]::GetDirectoryNameOfFileAbove('$(MSBuildThisFileDirectory)', 'all.proj'))/build/ModuleBoundaries.targets" />
                </Project>
                """);
        }

        tree.Write("all.proj", """
            <Project>
              <Target Name="Check">
                <ItemGroup><Trial Include="src/**/*.csproj" /></ItemGroup>
                <MSBuild Projects="@(Trial)" Targets="CheckModuleBoundaries" ContinueOnError="ErrorAndContinue" />
              </Target>
            </Project>
            """);
        errors = TrialTree.ErrorsIn(tree.Dotnet("msbuild", "all.proj", "-t:Check", "-nodeReuse:false", "-nologo").Output);
    }

    /// <summary>The error codes given to a trial project.</summary>
    public IEnumerable<string> CodesOf(Trial trial) =>
        errors.Where(error => error.Contains($": {trial.Name} ", StringComparison.Ordinal) || error.Contains($": {trial.Path}: ", StringComparison.Ordinal))
            .Select(error => error.Split(':')[0]);
}
