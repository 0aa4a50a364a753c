namespace Pipeline.Local;

/// <summary>Something the user can mend; the message says what.</summary>
public sealed class LocalRunException(string message, Exception? inner = null) : Exception(message, inner);
