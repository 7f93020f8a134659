namespace ArCredit.Platform.Http;

/// <summary>On a body type whose converter takes a plain value or an object: what the OpenAPI document shows of it.</summary>
/// <param name="plain">The short form.</param>
/// <param name="full">The object; also what is written.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ReadsEitherAttribute(Type plain, Type full) : Attribute
{
    /// <summary>The short form.</summary>
    public Type Plain { get; } = plain;

    /// <summary>The object; also what is written.</summary>
    public Type Full { get; } = full;
}
