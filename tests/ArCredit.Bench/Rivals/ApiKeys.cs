using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Npgsql;

namespace ArCredit.Bench.Rivals;

/// <summary>The keys' hashes, read once; a request's key is hashed and looked up in memory.</summary>
internal sealed class ApiKeys(FrozenSet<string> hashes)
{
    private const string Scheme = "Bearer ";

    public static async Task<ApiKeys> ReadAsync(NpgsqlDataSource database)
    {
        var hashes = new List<string>();
        await using var command = database.CreateCommand("select hash from api_key");
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            hashes.Add(Convert.ToHexString(reader.GetFieldValue<byte[]>(0)));
        }

        return new ApiKeys(hashes.ToFrozenSet(StringComparer.Ordinal));
    }

    public static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    public bool Allows(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        return header.StartsWith(Scheme, StringComparison.Ordinal) && hashes.Contains(Convert.ToHexString(Hash(header[Scheme.Length..])));
    }
}
