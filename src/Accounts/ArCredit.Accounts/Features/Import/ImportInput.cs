using System.Runtime.CompilerServices;

namespace ArCredit.Accounts.Features.Import;

/// <summary>A record of the input as it came.</summary>
/// <param name="Line">Number of its first line, from 1.</param>
/// <param name="Bytes">Without its line end; empty when it was too long to keep.</param>
/// <param name="TooLong">Beyond <see cref="ImportInput.MaxRecordBytes"/>.</param>
public readonly record struct RawRecord(long Line, ReadOnlyMemory<byte> Bytes, bool TooLong);

/// <summary>Cuts a stream into records without ever holding more than one of them.</summary>
public static class ImportInput
{
    /// <summary>Longest record: 64 KiB.</summary>
    public const int MaxRecordBytes = 64 * 1024;

    private const int ReadBytes = 64 * 1024;

    /// <summary>The records that are not empty. A quoted CSV cell may hold line ends.</summary>
    public static async IAsyncEnumerable<RawRecord> ReadAsync(
        Stream input, ImportFormat format, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var cutter = new Cutter(format == ImportFormat.Csv);
        while (await cutter.FillAsync(input, cancellation))
        {
            while (cutter.TryTake(out var record))
            {
                if (!record.Bytes.IsEmpty || record.TooLong)
                {
                    yield return record;
                }
            }
        }

        if (cutter.TakeRest() is { } rest)
        {
            yield return rest;
        }
    }

    private sealed class Cutter(bool quotes)
    {
        private readonly byte[] buffer = new byte[MaxRecordBytes + ReadBytes];
        private int start;
        private int scanned;
        private int filled;
        private long line = 1;
        private long recordLine = 1;
        private bool inQuotes;
        private bool skipping;

        public async ValueTask<bool> FillAsync(Stream input, CancellationToken cancellation)
        {
            if (start > 0)
            {
                buffer.AsSpan(start, filled - start).CopyTo(buffer);
                (scanned, filled, start) = (scanned - start, filled - start, 0);
            }

            var read = await input.ReadAsync(buffer.AsMemory(filled), cancellation);
            filled += read;
            return read > 0;
        }

        public bool TryTake(out RawRecord record)
        {
            while (scanned < filled)
            {
                var value = buffer[scanned++];
                if (quotes && value == (byte)'"' && !skipping)
                {
                    inQuotes = !inQuotes;
                }
                else if (value == (byte)'\n')
                {
                    line++;
                    if (!inQuotes)
                    {
                        record = Cut(scanned - 1);
                        return true;
                    }
                }

                if (scanned - start > MaxRecordBytes)
                {
                    // What is dropped here may have been a stray quote that swallowed its neighbours: the next line is a fresh start.
                    (skipping, inQuotes, start) = (true, false, scanned);
                }
            }

            record = default;
            return false;
        }

        public RawRecord? TakeRest()
        {
            if (start == filled && !skipping)
            {
                return null;
            }

            var rest = Cut(filled);
            return rest.Bytes.IsEmpty && !rest.TooLong ? null : rest;
        }

        private RawRecord Cut(int end)
        {
            var bytes = buffer.AsSpan(start, end - start);
            if (bytes.EndsWith("\r"u8))
            {
                bytes = bytes[..^1];
            }

            if (recordLine == 1 && bytes.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]))
            {
                bytes = bytes[3..];
            }

            var record = new RawRecord(recordLine, skipping ? default : bytes.Trim(" \t"u8).ToArray(), skipping);
            (start, skipping, recordLine) = (scanned, false, line);
            return record;
        }
    }
}
