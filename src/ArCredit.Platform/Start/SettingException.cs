namespace ArCredit.Platform.Start;

/// <summary>A flag, variable or setting cannot be used: the host does not start and prints the message, one line for the operator.</summary>
public sealed class SettingException(string message) : Exception(message);
