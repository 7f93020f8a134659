using System.Xml;
using System.Xml.Linq;

namespace ArCredit.Banking.MoneyOut;

/// <summary>What a bank says of one payment of a file.</summary>
/// <param name="EndToEndId">As the file had it.</param>
/// <param name="Status">RJCT, ACSC, …; null = that of its group.</param>
/// <param name="Code">Reason code.</param>
/// <param name="Text">The bank's own words.</param>
internal sealed record ReportedPayment(string EndToEndId, string? Status, string? Code, string? Text);

/// <summary>What a bank says of a block of a file.</summary>
/// <param name="PaymentId">As the file had it; null = not told.</param>
/// <param name="Status">Null = that of the file.</param>
/// <param name="Code">Reason code.</param>
internal sealed record ReportedBlock(string? PaymentId, string? Status, string? Code);

/// <summary>What cannot be read as a report.</summary>
internal sealed class StatusReportRefusedException(string reason) : Exception(reason);

/// <summary>
/// A bank's answer to a file: ISO 20022 pain.002 from version 03 on. A status of the payment wins over that of its block, which wins over
/// that of the file.
/// </summary>
/// <param name="MessageId">Of the file.</param>
/// <param name="Status">Of the file as a whole; null = not told.</param>
/// <param name="Code">Its reason.</param>
/// <param name="Payments">Those that are told one by one.</param>
internal sealed record StatusReport(string MessageId, string? Status, string? Code, IReadOnlyList<ReportedPayment> Payments)
{
    /// <summary>What is said of the group alone, where <see cref="Status"/> is also what is said of its only block.</summary>
    public string? GroupStatus { get; init; }

    /// <summary>The reason of <see cref="GroupStatus"/>.</summary>
    public string? GroupCode { get; init; }

    /// <summary>What is said of blocks.</summary>
    public IReadOnlyList<ReportedBlock> Blocks { get; init; } = [];

    private const string Namespace = "urn:iso:std:iso:20022:tech:xsd:pain.002.001.";
    private const int FirstVersion = 3;
    private const long MaxCharacters = 64L * 1024 * 1024;

    /// <summary>Throws <see cref="StatusReportRefusedException"/> for what is none.</summary>
    public static StatusReport Read(Stream content)
    {
        var settings = new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = MaxCharacters, CloseInput = false };
        try
        {
            using var reader = XmlReader.Create(content, settings);
            return Of(XDocument.Load(reader));
        }
        catch (XmlException unreadable)
        {
            throw new StatusReportRefusedException($"It is no XML: {Statements.PlainText.Of(unreadable)}");
        }
    }

    private static StatusReport Of(XDocument document)
    {
        var space = document.Root?.Name.NamespaceName ?? string.Empty;
        if (!space.StartsWith(Namespace, StringComparison.Ordinal) || !int.TryParse(space[Namespace.Length..], out var version) || version < FirstVersion)
        {
            throw new StatusReportRefusedException("It is no pain.002 of version 03 or later.");
        }

        var report = Child(document.Root, "CstmrPmtStsRpt");
        var group = Child(report, "OrgnlGrpInfAndSts") ?? throw new StatusReportRefusedException("OrgnlGrpInfAndSts is missing.");
        var messageId = Value(group, "OrgnlMsgId") ?? throw new StatusReportRefusedException("OrgnlMsgId is missing.");
        var status = Value(group, "GrpSts");
        var code = CodeOf(group);
        var (groupStatus, groupCode) = (status, code);
        var blocks = new List<ReportedBlock>();
        var payments = new List<ReportedPayment>();
        foreach (var block in report!.Elements().Where(element => element.Name.LocalName == "OrgnlPmtInfAndSts"))
        {
            // There is one block in a file of transfers, so what is said of it is said of the file.
            blocks.Add(new ReportedBlock(Value(block, "OrgnlPmtInfId"), Value(block, "PmtInfSts"), CodeOf(block)));
            status = Value(block, "PmtInfSts") ?? status;
            code = CodeOf(block) ?? code;
            foreach (var payment in block.Elements().Where(element => element.Name.LocalName == "TxInfAndSts"))
            {
                payments.Add(new ReportedPayment(
                    Value(payment, "OrgnlEndToEndId") ?? Value(payment, "OrgnlInstrId") ?? throw new StatusReportRefusedException("OrgnlEndToEndId is missing."),
                    Value(payment, "TxSts"), CodeOf(payment), Value(Child(payment, "StsRsnInf"), "AddtlInf")));
            }
        }

        return new StatusReport(messageId, status, code, payments) { GroupStatus = groupStatus, GroupCode = groupCode, Blocks = blocks };
    }

    private static string? CodeOf(XElement element) => Child(Child(element, "StsRsnInf"), "Rsn") is { } reason ? Value(reason, "Cd") ?? Value(reason, "Prtry") : null;

    private static XElement? Child(XElement? parent, string name) => parent?.Elements().FirstOrDefault(element => element.Name.LocalName == name);

    private static string? Value(XElement? parent, string name) => Child(parent, name)?.Value.Trim() is { Length: > 0 } text ? text : null;
}
