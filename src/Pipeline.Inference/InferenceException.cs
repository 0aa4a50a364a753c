namespace Pipeline.Inference;

/// <summary>Something a user can act on went wrong; the message names the cause and the way out.</summary>
public sealed class InferenceException : Exception
{
    /// <summary>Creates the error.</summary>
    public InferenceException(string message)
        : base(message)
    {
    }

    /// <summary>Creates the error with its technical cause.</summary>
    public InferenceException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
