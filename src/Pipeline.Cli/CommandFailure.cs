using Pipeline.Inference;
using Pipeline.Models;
using Pipeline.Workflows.Contracts;

namespace Pipeline.Cli;

/// <summary>A command cannot do what was asked; the message is one line for people: the cause and the way out.</summary>
internal sealed class CommandFailure(string message) : Exception(message);

/// <summary>Exit codes of all commands.</summary>
internal static class ExitCode
{
    internal const int Success = 0;
    internal const int Failure = 1;
    internal const int Cancelled = 130;
}

/// <summary>Runs a command's body and turns what users can act on into one line on standard error and an exit code.</summary>
internal static class CommandAction
{
    internal static async Task<int> RunAsync(Func<Task<int>> body)
    {
        try
        {
            return await body();
        }
        catch (OperationCanceledException)
        {
            await Console.Error.WriteLineAsync("Stopped.");
            return ExitCode.Cancelled;
        }
        catch (Exception e) when (e is CommandFailure or InferenceException or ModelFolderException or PermanentProblemException)
        {
            await Console.Error.WriteLineAsync($"Error: {e.Message.ReplaceLineEndings(" ")}");
            return ExitCode.Failure;
        }
        catch (OutOfMemoryException)
        {
            await Console.Error.WriteLineAsync("Error: This machine's memory does not suffice for the document and its KV cache. Use a machine with more memory, or a smaller model.");
            return ExitCode.Failure;
        }
    }
}
