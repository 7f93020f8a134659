using ArCredit.Accounts.Contracts;
using ArCredit.Kernel;

namespace ArCredit.Accounts.Features.Shared;

/// <summary>How endpoints read answers. No LINQ: a till waits for this.</summary>
internal static class Answers
{
    /// <summary>201, or 200 when the same number was posted before.</summary>
    public static int Created(Answer.Done done) => done.Repeat == Repeat.Number ? 200 : 201;

    /// <summary>The last event of a kind; lapses of the same append come before what was asked for.</summary>
    public static T? Last<T>(Answer answer)
        where T : AccountEvent
    {
        if (answer is Answer.Done { Events: var events })
        {
            for (var i = events.Count - 1; i >= 0; i--)
            {
                if (events[i] is T wanted)
                {
                    return wanted;
                }
            }
        }

        return null;
    }

    /// <summary>The last event of a kind; throws when the answer has none.</summary>
    public static T Expect<T>(Answer answer)
        where T : AccountEvent => Last<T>(answer) ?? throw Unexpected(answer);

    /// <summary>An answer that this command never gets.</summary>
    public static InvariantException Unexpected(Answer answer) => new($"An account answered {answer.GetType().Name} where it cannot.");
}
