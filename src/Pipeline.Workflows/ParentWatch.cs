using Microsoft.Extensions.Hosting;

namespace Pipeline.Workflows;

/// <summary>
/// A child process of the local run ends with its parent, however that ends: the parent holds the other end of standard input, which the
/// system closes even when the parent is killed.
/// </summary>
public static class ParentWatch
{
    /// <summary>Environment variable that the parent sets to 1 for its children.</summary>
    public const string Variable = "PIPELINE_EXIT_WITH_PARENT";

    /// <summary>Stops the process when standard input ends, if the parent asked for that.</summary>
    public static void ExitWithParent(IHostApplicationLifetime lifetime)
    {
        ArgumentNullException.ThrowIfNull(lifetime);
        if (Environment.GetEnvironmentVariable(Variable) != "1") return;
        var input = Console.OpenStandardInput();
        new Thread(() =>
        {
            Span<byte> ignored = stackalloc byte[256];
            while (input.Read(ignored) > 0)
            {
            }

            lifetime.StopApplication();
        })
        { IsBackground = true, Name = "parent watch" }.Start();
    }
}
