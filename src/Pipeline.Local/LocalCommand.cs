using System.CommandLine;
using Pipeline.Local.Run;

namespace Pipeline.Local;

/// <summary>The command line of the local run.</summary>
internal static class LocalCommand
{
    public static async Task<int> RunAsync(string[] args)
    {
        var defaults = new LocalOptions();
        var data = new Option<string>("--data") { Description = "Folder for storage, workflow history, logs and results", DefaultValueFactory = _ => defaults.DataFolder };
        var samples = new Option<string?>("--samples") { Description = "Folder whose files are put into the inbox; 'none' for none", DefaultValueFactory = _ => defaults.SamplesFolder };
        var models = new Option<string>("--models") { Description = "Folder of model folders", DefaultValueFactory = _ => defaults.ModelsFolder };
        var model = new Option<string>("--model") { Description = "Model folder that answers", DefaultValueFactory = _ => defaults.Model };
        var workers = new Option<int>("--workers") { Description = "Worker processes", DefaultValueFactory = _ => defaults.Workers };
        workers.Validators.Add(r =>
        {
            if (r.GetValueOrDefault<int>() is < 0 or > 64) r.AddError("--workers takes 0 to 64.");
        });
        var once = new Option<bool>("--once") { Description = "End when all documents are done: exit code 0 if each succeeded, 1 if not" };
        var connection = new Option<string?>("--connection-string") { Description = "A storage account instead of the emulator" };
        var timer = new Option<double?>("--timer-seconds") { Description = "Fire timer functions at this interval instead of their schedule" };
        var command = new RootCommand("Runs the whole pipeline on this machine: storage emulator, Functions handler and workers.") { data, samples, models, model, workers, once, connection, timer };
        command.SetAction(async (parsed, cancellation) =>
        {
            var options = new LocalOptions
            {
                DataFolder = Path.GetFullPath(parsed.GetValue(data)!),
                SamplesFolder = parsed.GetValue(samples) is { } folder && folder != "none" ? Path.GetFullPath(folder) : null,
                ModelsFolder = Path.GetFullPath(parsed.GetValue(models)!),
                Model = parsed.GetValue(model)!,
                Workers = parsed.GetValue(workers),
                Once = parsed.GetValue(once),
                ConnectionString = parsed.GetValue(connection),
                TimerPeriod = parsed.GetValue(timer) is { } seconds and > 0 ? TimeSpan.FromSeconds(seconds) : null,
            };
            try
            {
                return await LocalRun.RunAsync(options, cancellation);
            }
            catch (LocalRunException e)
            {
                await Console.Error.WriteLineAsync(e.Message);
                return 2;
            }
            catch (OperationCanceledException)
            {
                return 130;
            }
        });
        // Ctrl-C waits for the children to end.
        return await command.Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = TimeSpan.FromSeconds(30) });
    }
}
