using System.Text.Json;
using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Features.Shared;

namespace ArCredit.Accounts.Features.Import;

/// <summary>From an account's answer to a line's outcome.</summary>
internal static class ImportAnswers
{
    /// <summary>The outcome of a line.</summary>
    public static ImportedLine Of(long line, string? id, Answer answer, bool replaced = false) => answer switch
    {
        Answer.Refused refused => Refused(line, id, refused),
        Answer.Done done when Answers.Last<CreditRefused>(done) is not null => new ImportedLine(
            line, id, ImportOutcome.Refused, new ImportError("CREDIT_DECLINED", "Posting was a checkpoint and did not pass; nothing was posted.")),
        Answer.Done done => new ImportedLine(
            line, id, done.Repeat != Repeat.None ? ImportOutcome.Unchanged : replaced ? ImportOutcome.Updated : ImportOutcome.Created,
            Warnings: WarningsOf(done)),
        _ => throw Answers.Unexpected(answer),
    };

    private static ImportedLine Refused(long line, string? id, Answer.Refused refused) => new(
        line, id,
        refused.Code is RefusalCode.NumberConflict or RefusalCode.CurrencyFixed or RefusalCode.CompanyFixed
            ? ImportOutcome.Conflict
            : ImportOutcome.Refused,
        new ImportError(RefusalMapping.ToProblem(refused).Code, refused.Detail));

    private static List<string>? WarningsOf(Answer.Done done)
    {
        var warnings = new List<string>(0);
        foreach (var happened in done.Events)
        {
            switch (happened)
            {
                case InvoicePosted posted:
                    warnings.AddRange(posted.Flags.Select(CodeOf));
                    break;
                case CreditNotePosted posted:
                    warnings.AddRange(posted.Flags.Select(CodeOf));
                    break;
                case AccountPut put:
                    warnings.AddRange(put.Warnings);
                    break;
                default:
                    break;
            }
        }

        return warnings.Count == 0 ? null : warnings;
    }

    private static string CodeOf(string flag) => JsonNamingPolicy.SnakeCaseUpper.ConvertName(flag);
}
