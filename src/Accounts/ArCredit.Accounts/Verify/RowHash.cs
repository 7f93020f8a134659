using System.Buffers;
using System.Buffers.Binary;
using System.Data.Common;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ArCredit.Platform.Data;

namespace ArCredit.Accounts.Verify;

/// <summary>Values as both databases mean them, and 128 bits that stand for a row of them, so that an account's rows need little memory.</summary>
internal static class RowHash
{
    [ThreadStatic]
    private static ArrayBufferWriter<byte>? scratch;

    /// <summary>The same for equal values only.</summary>
    public static UInt128 Of(ReadOnlySpan<object?> values)
    {
        var buffer = scratch ??= new ArrayBufferWriter<byte>();
        buffer.ResetWrittenCount();
        foreach (var value in values)
        {
            Write(buffer, value);
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(buffer.WrittenSpan, hash);
        return BinaryPrimitives.ReadUInt128BigEndian(hash);
    }

    /// <summary>A column as text, a whole number, bytes or null: dates as ISO text, instants as microseconds, ids as text.</summary>
    public static object? Read(DbDataReader reader, int column) => reader.GetValue(column) switch
    {
        DBNull => null,
        int number => (long)number,
        short number => (long)number,
        Guid id => id.ToString("D"),
        DateOnly date => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        DateTime { Kind: DateTimeKind.Unspecified } date => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        DateTime instant => SqlTypes.ToMicroseconds(new DateTimeOffset(instant.ToUniversalTime())),
        var value => value,
    };

    /// <summary>For a message.</summary>
    public static string Show(object? value) => value switch
    {
        null => "nothing",
        byte[] bytes => $"{bytes.Length} bytes",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static void Write(ArrayBufferWriter<byte> buffer, object? value)
    {
        switch (value)
        {
            case null:
                buffer.Write("n"u8);
                break;
            case long number:
                buffer.Write("i"u8);
                BinaryPrimitives.WriteInt64BigEndian(buffer.GetSpan(sizeof(long)), number);
                buffer.Advance(sizeof(long));
                break;
            case byte[] bytes:
                WriteBytes(buffer, "b"u8, bytes);
                break;
            case string text:
                WriteBytes(buffer, "t"u8, Encoding.UTF8.GetBytes(text));
                break;
            default:
                // SQLite keeps what was put there by hand, whatever the column's type.
                WriteBytes(buffer, "?"u8, Encoding.UTF8.GetBytes(Show(value)));
                break;
        }
    }

    private static void WriteBytes(ArrayBufferWriter<byte> buffer, ReadOnlySpan<byte> tag, ReadOnlySpan<byte> bytes)
    {
        buffer.Write(tag);
        BinaryPrimitives.WriteInt32BigEndian(buffer.GetSpan(sizeof(int)), bytes.Length);
        buffer.Advance(sizeof(int));
        buffer.Write(bytes);
    }
}
