using Spectre.Console;

namespace Pipeline.Cli.Extract;

/// <summary>A progress bar for several files, where somebody watches.</summary>
internal static class ExtractProgress
{
    public static async Task<int> ShowAsync(IAnsiConsole console, int files, Func<Action, Task<int>> run)
    {
        if (files < 2 || Console.IsErrorRedirected)
        {
            return await run(() => { });
        }

        return await console.Progress().AutoClear(true).StartAsync(async context =>
        {
            var task = context.AddTask("Reading", maxValue: files);
            return await run(() => task.Increment(1));
        });
    }
}
