using ArCredit.Kernel;

namespace ArCredit.Host.Demo;

/// <summary>A customer of the portfolio and all that happened to it; amounts in minor units of its currency.</summary>
internal sealed class DemoCustomer
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required string Country { get; init; }

    public required Currency Currency { get; init; }

    public required string Segment { get; init; }

    public required int NetDays { get; init; }

    /// <summary>Null = by the segment's policy.</summary>
    public long? CreditLimit { get; set; }

    public bool Unlimited { get; init; }

    public (long Amount, DateOnly From, DateOnly To)? Temporary { get; init; }

    public DateOnly? LimitExpiresOn { get; init; }

    /// <summary>Name and reason.</summary>
    public (string Name, string Reason)? Block { get; init; }

    public List<DemoInvoice> Invoices { get; } = [];

    public List<DemoReservation> Reservations { get; } = [];
}

/// <summary>An invoice with what became of it.</summary>
internal sealed class DemoInvoice
{
    public required string Number { get; init; }

    public required DateOnly IssueDate { get; init; }

    public required long Amount { get; init; }

    public required int NetDays { get; init; }

    public DateOnly DueDate => IssueDate.AddDays(NetDays);

    /// <summary>Null = none.</summary>
    public (DateOnly On, long Amount)? CreditNote { get; set; }

    /// <summary>In the order of receipt.</summary>
    public List<DemoPayment> Payments { get; } = [];
}

/// <summary>Money received for one invoice.</summary>
/// <param name="BouncedOn">The bank took it back on this day.</param>
internal sealed record DemoPayment(string Id, DateOnly On, long Amount, string Method, DateOnly? BouncedOn = null);

/// <summary>An order or sale that is open today.</summary>
internal sealed record DemoReservation(string Id, bool IsOrder, long Amount, DateOnly? DeliveryDate);
