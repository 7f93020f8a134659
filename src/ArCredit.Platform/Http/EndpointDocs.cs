using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace ArCredit.Platform.Http;

/// <summary>A problem as the OpenAPI document shows it; answers are written by <see cref="ProblemResult"/>.</summary>
/// <param name="Type">Always <c>about:blank</c>: the code tells problems apart.</param>
/// <param name="Title">One sentence for people.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Detail">What is special about this occurrence.</param>
/// <param name="Code">Stable, UPPER_SNAKE.</param>
/// <param name="Errors">Messages by field path.</param>
/// <param name="TraceId">Finds the request in log and traces.</param>
public sealed record ProblemDocument(
    string Type, string Title, int Status, string? Detail, string Code, IReadOnlyDictionary<string, IReadOnlyList<string>>? Errors, string TraceId);

/// <summary>Endpoint metadata: a query parameter read by <see cref="QueryReader"/>.</summary>
public sealed record QueryParameter(string Name, Type Type, string Description);

/// <summary>Endpoint metadata: the call carries an <c>Idempotency-Key</c>.</summary>
public sealed record NeedsIdempotencyKey;

/// <summary>How endpoints that read their request themselves say what they take and answer.</summary>
public static class EndpointDocs
{
    /// <summary>Takes a JSON body.</summary>
    public static TBuilder Takes<TBuilder>(this TBuilder builder, Type body)
        where TBuilder : IEndpointConventionBuilder => Add(builder, new AcceptsMetadata(["application/json"], body));

    /// <summary>Answers with a JSON body.</summary>
    public static TBuilder Answers<TBuilder>(this TBuilder builder, int status, Type body, string description)
        where TBuilder : IEndpointConventionBuilder =>
        Add(builder, new ProducesResponseTypeMetadata(status, body, ["application/json"]) { Description = description });

    /// <summary>Answers with a status alone.</summary>
    public static TBuilder Answers<TBuilder>(this TBuilder builder, int status, string description)
        where TBuilder : IEndpointConventionBuilder =>
        Add(builder, new ProducesResponseTypeMetadata(status, typeof(void)) { Description = description });

    /// <summary>Refuses with problems of these statuses, besides 401, 403 and 500, which every endpoint may give.</summary>
    public static TBuilder Refuses<TBuilder>(this TBuilder builder, params int[] statuses)
        where TBuilder : IEndpointConventionBuilder
    {
        foreach (var status in statuses)
        {
            Add(builder, new ProducesResponseTypeMetadata(status, typeof(ProblemDocument), ["application/problem+json"]));
        }

        return builder;
    }

    /// <summary>Takes a query parameter.</summary>
    public static TBuilder HasQuery<TBuilder>(this TBuilder builder, string name, Type type, string description)
        where TBuilder : IEndpointConventionBuilder => Add(builder, new QueryParameter(name, type, description));

    /// <summary>Takes <c>limit</c> and <c>cursor</c>.</summary>
    public static TBuilder HasPaging<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder =>
        builder.HasQuery("limit", typeof(int), "Items per page, 1 to 1,000; 100 when absent.")
            .HasQuery("cursor", typeof(string), "nextCursor of the page before.");

    /// <summary>Takes an <c>Idempotency-Key</c>.</summary>
    public static TBuilder HasIdempotencyKey<TBuilder>(this TBuilder builder)
        where TBuilder : IEndpointConventionBuilder => Add(builder, new NeedsIdempotencyKey());

    private static TBuilder Add<TBuilder>(TBuilder builder, object metadata)
        where TBuilder : IEndpointConventionBuilder
    {
        builder.Add(endpoint =>
        {
            // A plain request delegate has no method in its metadata, and without one the OpenAPI document leaves it out.
            if (!endpoint.Metadata.OfType<MethodInfo>().Any() && endpoint.RequestDelegate is { } handler)
            {
                endpoint.Metadata.Insert(0, handler.Method);
            }

            endpoint.Metadata.Add(metadata);
        });
        return builder;
    }
}
