namespace Pipeline.Models;

/// <summary>A model can't be added to, found in or removed from the store. The message names the cause and the way out.</summary>
public sealed class ModelStoreException : Exception
{
    public ModelStoreException(string message)
        : base(message)
    {
    }

    public ModelStoreException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    public ModelStoreException()
        : this("The model store can't do this.")
    {
    }
}
