using System.Globalization;
using System.Text;
using ArCredit.Banking.Statements;
using ArCredit.Banking.Statements.Csv;
using Shouldly;
using Xunit;

namespace ArCredit.Banking.Tests.Statements;

/// <summary>Files of 50 MB are read with little in memory at a time.</summary>
public sealed class LargeFileTests
{
    private const long Size = 50L * 1024 * 1024;
    private const long MaxGrowth = 24L * 1024 * 1024;

    [Fact]
    public void An_mt940_of_50_MB() => ShouldStaySmall(
        "\n:20:S\n:25:1\n:28C:1\n:60F:C250101EUR0,\n",
        ":61:2501020102C0,01NTRFNONREF//B0123456789\n:86:166?00GUTSCHRIFT?20EREF+0123456789?21SVWZ+Rechnung 0123456789?31DE42100100100043921105?32Name\n",
        entries => string.Create(CultureInfo.InvariantCulture, $":62F:C250102EUR{entries / 100},{entries % 100:00}\n-\n"));

    [Fact]
    public void A_camt_of_50_MB() => ShouldStaySmall(
        "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.054.001.08\"><BkToCstmrDbtCdtNtfctn><Ntfctn><Id>S</Id><Acct><Id><Othr><Id>1</Id></Othr></Id><Ccy>EUR</Ccy></Acct>",
        "<Ntry><Amt Ccy=\"EUR\">0.01</Amt><CdtDbtInd>CRDT</CdtDbtInd><BookgDt><Dt>2025-01-02</Dt></BookgDt><AcctSvcrRef>B0123456789</AcctSvcrRef><NtryDtls><TxDtls><Refs><EndToEndId>E</EndToEndId></Refs>"
            + "<RltdPties><Dbtr><Pty><Nm>Name</Nm></Pty></Dbtr><DbtrAcct><Id><IBAN>DE42100100100043921105</IBAN></Id></DbtrAcct></RltdPties><RmtInf><Ustrd>Rechnung 0123456789</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>\n",
        _ => "</Ntfctn></BkToCstmrDbtCdtNtfctn></Document>");

    private static void ShouldStaySmall(string head, string entry, Func<long, string> tail)
    {
        var count = Size / entry.Length;
        using var file = new RepeatedStream(head, entry, count, tail(count));
        var before = GC.GetTotalMemory(forceFullCollection: true);
        long read = 0;
        long growth = 0;
        foreach (var part in StatementReader.Read(file, CsvKnowledge.None))
        {
            if (part is EntryRead && ++read % 100_000 == 0)
            {
                growth = Math.Max(growth, GC.GetTotalMemory(forceFullCollection: true) - before);
            }
        }

        read.ShouldBe(count);
        growth.ShouldBeLessThan(MaxGrowth);
    }

    /// <summary>A long text that is nowhere as a whole; only its beginning can be read again.</summary>
    private sealed class RepeatedStream(string head, string entry, long count, string tail) : Stream
    {
        private readonly byte[] headBytes = Encoding.UTF8.GetBytes(head);
        private readonly byte[] entryBytes = Encoding.UTF8.GetBytes(entry);
        private readonly byte[] tailBytes = Encoding.UTF8.GetBytes(tail);

        public override bool CanRead => true;

        public override bool CanSeek => true;

        public override bool CanWrite => false;

        public override long Length => headBytes.Length + (entryBytes.Length * count) + tailBytes.Length;

        public override long Position { get; set; }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            var filled = 0;
            while (filled < buffer.Length && Position < Length)
            {
                var piece = At(Position);
                var part = Math.Min(piece.Length, buffer.Length - filled);
                piece[..part].CopyTo(buffer[filled..]);
                filled += part;
                Position += part;
            }

            return filled;
        }

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        private ReadOnlySpan<byte> At(long position)
        {
            if (position < headBytes.Length)
            {
                return headBytes.AsSpan((int)position);
            }

            position -= headBytes.Length;
            return position < entryBytes.Length * count
                ? entryBytes.AsSpan((int)(position % entryBytes.Length))
                : tailBytes.AsSpan((int)(position - (entryBytes.Length * count)));
        }
    }
}
