using ArCredit.Banking.Statements;
using ArCredit.Banking.Tests.Statements;
using Shouldly;
using Xunit;

namespace ArCredit.Banking.Tests.Written;

/// <summary>What is written at random reads back exactly.</summary>
public sealed class RoundTripTests
{
    private const int Files = 40;

    [Theory]
    [InlineData("052", 2)]
    [InlineData("052", 6)]
    [InlineData("052", 12)]
    [InlineData("053", 2)]
    [InlineData("053", 4)]
    [InlineData("053", 8)]
    [InlineData("053", 13)]
    [InlineData("054", 2)]
    [InlineData("054", 8)]
    public void Camt_reads_back_exactly(string message, int version)
    {
        var format = Enum.Parse<StatementFormat>($"Camt{message}");
        for (var seed = 1; seed <= Files; seed++)
        {
            var written = WrittenStatement.Draw(seed, format);
            ShouldReadBack(written, CamtWriter.Write(written, format, version), entry => entry, hasAvailable: false);
        }
    }

    [Theory]
    [InlineData("German")]
    [InlineData("Polish")]
    [InlineData("Dutch")]
    [InlineData("Free")]
    public void Mt940_and_mt942_read_back_exactly(string name)
    {
        var dialect = Enum.Parse<Dialect86>(name);
        for (var seed = 1; seed <= Files; seed++)
        {
            var format = seed % 3 == 0 ? StatementFormat.Mt942 : StatementFormat.Mt940;
            var written = WrittenStatement.Draw(seed, format);
            ShouldReadBack(written, MtWriter.Write(written, dialect, inEnvelope: seed % 2 == 0), entry => MtWriter.Kept(entry, dialect), hasAvailable: true);
        }
    }

    [Fact]
    public void Bai2_reads_back_exactly()
    {
        for (var seed = 1; seed <= Files; seed++)
        {
            var written = WrittenStatement.Draw(seed, StatementFormat.Bai2);
            ShouldReadBack(written, BaiWriter.Write(written), BaiWriter.Kept, hasAvailable: false);
        }
    }

    private static void ShouldReadBack(List<WrittenStatement> written, string file, Func<BankEntry, BankEntry> kept, bool hasAvailable)
    {
        var read = ReadStatement.All(file);
        read.SelectMany(statement => statement.Shown()).ShouldBe(written.SelectMany(Expected), file);
        read.SelectMany(statement => statement.End.Warnings).ShouldBeEmpty();

        IEnumerable<string> Expected(WrittenStatement statement)
        {
            var closing = statement.Head.Opening is null ? null : statement.Closing;
            return [ReadStatement.Show(statement.Head, closing, hasAvailable ? closing : null), .. statement.Entries.Select(entry => ReadStatement.Show(kept(entry)))];
        }
    }
}
