using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Features.Shared;
using Shouldly;
using Xunit;

namespace ArCredit.Accounts.Tests.Features;

public sealed class RefusalMappingTests
{
    [Fact]
    public void Every_refusal_is_a_problem_of_its_own()
    {
        var problems = Enum.GetValues<RefusalCode>().Select(code => RefusalMapping.ToProblem(new Answer.Refused(code, "why"))).ToList();
        problems.ShouldAllBe(problem => problem.Status == 400 || problem.Status == 403 || problem.Status == 404 || problem.Status == 409 || problem.Status == 412 || problem.Status == 422);
        problems.ShouldAllBe(problem => problem.Detail == "why" && problem.Code.All(letter => char.IsAsciiLetterUpper(letter) || letter == '_'));
        problems.Select(problem => problem.Code).ShouldBeUnique();
    }
}
