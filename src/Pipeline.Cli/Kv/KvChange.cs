namespace Pipeline.Cli.Kv;

/// <summary>Turns a store that can't be changed into one line for people.</summary>
internal static class KvChange
{
    /// <exception cref="CommandFailure">The store can't be changed.</exception>
    internal static T Run<T>(Func<T> change)
    {
        try
        {
            return change();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure(e.Message);
        }
    }
}
