namespace ArCredit.Platform.Data;

/// <summary>The database would lose acknowledged decisions in a crash, and nobody said that this is wanted.</summary>
public sealed class DurabilityException(string message) : Exception(message);

/// <summary>Another process works on this database.</summary>
public sealed class DatabaseInUseException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>A migration is missing for the dialect, is there twice, or failed.</summary>
public sealed class MigrationException(string message, Exception? inner = null) : Exception(message, inner);
