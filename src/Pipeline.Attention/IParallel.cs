namespace Pipeline.Attention;

/// <summary>Threads that attention borrows from its host, so that two pools never spin on the same cores.</summary>
public interface IParallel
{
    /// <summary>Threads that run at once, at least 1.</summary>
    int Threads { get; }

    /// <summary>Calls <paramref name="body"/> for every index from 0 to <paramref name="count"/> - 1, on any thread, and returns when all have returned.</summary>
    /// <exception cref="Exception">The first exception a call threw.</exception>
    void For(int count, Action<int> body);
}

/// <summary>Runs on the calling thread alone.</summary>
public sealed class SerialParallel : IParallel
{
    /// <summary>The one instance.</summary>
    public static SerialParallel Instance { get; } = new();

    /// <inheritdoc/>
    public int Threads => 1;

    /// <inheritdoc/>
    public void For(int count, Action<int> body)
    {
        for (int i = 0; i < count; i++)
        {
            body(i);
        }
    }
}
