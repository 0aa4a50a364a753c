namespace Pipeline.Models;

/// <summary>
/// A model folder can't be used. The message is one or two sentences for people: the cause, with file and line where there is one,
/// and the way out.
/// </summary>
public sealed class ModelFolderException : Exception
{
    public ModelFolderException(string message)
        : base(message)
    {
    }

    public ModelFolderException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    public ModelFolderException()
        : this("The model folder can't be used.")
    {
    }
}
