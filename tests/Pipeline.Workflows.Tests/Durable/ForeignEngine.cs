using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Pipeline.Workflows.Durable;
using Pipeline.Workflows.Durable.Wire;

namespace Pipeline.Workflows.Tests.Durable;

/// <summary>A workflow engine that others wrote (npm @microsoft/durabletask-js), running our workflow code through the wire protocol.</summary>
internal sealed class ForeignEngine : IAsyncDisposable
{
    private static readonly SemaphoreSlim Installing = new(1);
    private readonly Process process;
    private readonly OrchestratorRunner runner = new(ScenarioOrchestrators.All);
    private readonly Func<string, string?, string?> activity;

    private ForeignEngine(Process process, Func<string, string?, string?> activity)
    {
        this.process = process;
        this.activity = activity;
    }

    /// <summary>Orchestrator calls so far.</summary>
    public int Calls { get; private set; }

    /// <param name="activity">Gives an activity's result, or throws.</param>
    public static async Task<ForeignEngine> StartAsync(Func<string, string?, string?> activity)
    {
        var folder = Path.Combine(SourceFolder(), "durable-oracle");
        await Installing.WaitAsync();
        try
        {
            if (!Directory.Exists(Path.Combine(folder, "node_modules"))) await InstallAsync(folder);
        }
        finally
        {
            Installing.Release();
        }

        var start = new ProcessStartInfo("node", ["engine.js"]) { WorkingDirectory = folder, RedirectStandardInput = true, RedirectStandardOutput = true, UseShellExecute = false };
        return new ForeignEngine(Process.Start(start)!, activity);
    }

    public async Task<JsonObject> SendAsync(object command)
    {
        await process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(command));
        await process.StandardInput.FlushAsync();
        var answer = JsonNode.Parse(await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The engine has ended."))!.AsObject();
        return answer.ContainsKey("error") ? throw new InvalidOperationException((string)answer["error"]!) : answer;
    }

    /// <summary>Works until nothing is to be done.</summary>
    public async Task DrainAsync()
    {
        while (true)
        {
            var next = await SendAsync(new { op = "next" });
            if (next["orchestration"] is { } call)
            {
                Calls++;
                var request = OrchestratorRequest.Parser.ParseFrom(Convert.FromBase64String((string)call["request"]!));
                var response = runner.Run(request);
                await SendAsync(new { op = "complete", id = (string)call["id"]!, token = (int)call["token"]!, response = Convert.ToBase64String(response.ToByteArray()) });
            }
            else if (next["activity"] is { } work)
            {
                string? result = null, error = null;
                try
                {
                    result = activity((string)work["name"]!, (string?)work["input"]);
                }
                catch (InvalidOperationException e)
                {
                    error = e.Message;
                }

                await SendAsync(new { op = "activityDone", id = (string)work["id"]!, task = (int)work["task"]!, result, error });
            }
            else
            {
                return;
            }
        }
    }

    public async Task<(OrchestrationStatus Status, string? Output, string? Custom)> GetAsync(string id)
    {
        var state = await SendAsync(new { op = "get", id });
        return ((OrchestrationStatus)(int)state["status"]!, (string?)state["output"] ?? (string?)state["failure"], (string?)state["custom"]);
    }

    public async ValueTask DisposeAsync()
    {
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private static async Task InstallAsync(string folder)
    {
        try
        {
            var start = new ProcessStartInfo(OperatingSystem.IsWindows() ? "npm.cmd" : "npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"]) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
            using var install = Process.Start(start)!;
            var error = install.StandardError.ReadToEndAsync();
            await install.StandardOutput.ReadToEndAsync();
            await install.WaitForExitAsync();
            if (install.ExitCode != 0) Assert.Skip($"npm can't install the foreign engine: {(await error).Trim()}");
        }
        catch (Win32Exception)
        {
            Assert.Skip("Node.js with npm is not installed; the foreign engine needs it.");
        }
    }

    private static string SourceFolder()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Pipeline.sln"))) folder = folder.Parent!;
        return Path.Combine(folder.FullName, "tests");
    }
}
