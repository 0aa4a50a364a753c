using System.Diagnostics;
using Pipeline.Local.Processes;
using Pipeline.Local.Tests.Harness;

namespace Pipeline.Local.Tests.EndToEnd;

/// <summary>What azd's hook runs after a deployment, against an emulated account and a running pipeline.</summary>
[Collection(EndToEndCollection.Name)]
public sealed class DeploymentCommandTests
{
    private const string Model = "llama-16k";

    [Fact]
    public async Task Doctor_names_what_is_missing_until_one_document_goes_all_the_way()
    {
        await using var setup = await PipelineSetup.CreateAsync(workers: 1, model: Model);
        Assert.Contains($"{Model} is not in the container models", await RunAsync(setup, 1, "doctor", "--azure"), StringComparison.Ordinal);

        string[] seed = ["seed", "--models", Path.Combine(ProjectLayout.Root, "tests", "models", "tiny"), "--questions", Path.Combine(ProjectLayout.Root, "samples", "questions")];
        var sent = await RunAsync(setup, 0, seed);
        Assert.Contains("sent  question-sets/lease.json", sent, StringComparison.Ordinal);
        Assert.Contains($"sent  models/{Model}/model.onnx", sent, StringComparison.Ordinal);
        Assert.DoesNotContain("sent", await RunAsync(setup, 0, seed), StringComparison.Ordinal);

        setup.Run.Start();
        Assert.Contains("one document went all the way", await RunAsync(setup, 0, "doctor", "--azure", "--timeout", "2"), StringComparison.Ordinal);
        // Job commands find the same account.
        Assert.Contains("Succeeded", await RunAsync(setup, 0, "list"), StringComparison.Ordinal);
    }

    private static async Task<string> RunAsync(PipelineSetup setup, int code, params string[] arguments)
    {
        var start = new ProcessStartInfo(ProjectLayout.Executable(ProjectLayout.CliFolder, "pipeline"), arguments) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false, WorkingDirectory = setup.Folder };
        start.Environment["DataStorage"] = setup.ConnectionString;
        start.Environment["PIPELINE_DEFAULT_MODEL"] = Model;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync() + await error;
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == code, output);
        return output;
    }
}
