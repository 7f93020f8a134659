namespace ArCredit.Platform.Http;

/// <summary>What to say about the types whose converters are the serializer's own: its messages speak of .NET.</summary>
internal static class LeafRules
{
    public static string? For(Type type) => Type.GetTypeCode(Nullable.GetUnderlyingType(type) ?? type) switch
    {
        _ when (Nullable.GetUnderlyingType(type) ?? type).IsEnum => null,
        TypeCode.Boolean => "must be true or false",
        TypeCode.Byte or TypeCode.SByte or TypeCode.Int16 or TypeCode.UInt16 or TypeCode.Int32 or TypeCode.UInt32 or TypeCode.Int64
            or TypeCode.UInt64 => "must be a whole number",
        TypeCode.Single or TypeCode.Double => "must be a number",
        _ when (Nullable.GetUnderlyingType(type) ?? type) == typeof(Guid) => "must be a UUID",
        _ => null,
    };
}
