using System.Security.Cryptography;
using System.Text.Json;
using ArCredit.Accounts.Contracts;
using ArCredit.Accounts.Journal;

namespace ArCredit.Accounts.Actors;

/// <summary>Tells a repeated command from another one under the same key or number: a hash over the parsed command.</summary>
internal static class Fingerprint
{
    public static byte[] Of(AccountCommand command) =>
        SHA256.HashData([.. System.Text.Encoding.UTF8.GetBytes(command.GetType().Name), .. JsonSerializer.SerializeToUtf8Bytes(command, command.GetType(), EventCodec.Options)]);
}
