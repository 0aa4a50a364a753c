using System.Text.Json.Nodes;
using Pipeline.Workflows.Durable;

namespace Pipeline.Workflows.Tests.Durable;

/// <summary>The workflows that the replay cases and the foreign engine's scenarios run.</summary>
internal static class ScenarioOrchestrators
{
    public static IReadOnlyDictionary<string, Orchestrator> All { get; } = new Dictionary<string, Orchestrator>(StringComparer.OrdinalIgnoreCase)
    {
        ["Chain"] = Chain,
        ["Fan"] = Fan,
        ["Gate"] = Gate,
        ["Late"] = Late,
        ["Loop"] = Loop,
        ["Sub"] = Sub,
        ["Caught"] = Caught,
    };

    private static async Task<string?> Chain(OrchestrationContext context)
    {
        context.SetCustomStatus("""{"stage":"first"}""");
        var document = JsonNode.Parse(context.Input!)!["doc"];
        var a = await context.CallActivityAsync("StepA", new JsonObject { ["doc"] = document?.DeepClone() }.ToJsonString());
        context.SetCustomStatus("""{"stage":"second"}""");
        return await context.CallActivityAsync("StepB", a);
    }

    private static async Task<string?> Fan(OrchestrationContext context)
    {
        var pages = JsonNode.Parse(context.Input!)!.AsArray().Select(n => context.CallActivityAsync("Page", n!.ToJsonString())).ToArray();
        var results = await Task.WhenAll(pages);
        return new JsonArray([.. results.Select(r => JsonNode.Parse(r!))]).ToJsonString();
    }

    private static async Task<string?> Gate(OrchestrationContext context)
    {
        var done = context.WaitForEventAsync("Done");
        var timer = context.CreateTimerAsync(context.CurrentUtc.AddSeconds(600));
        return await Task.WhenAny(done, timer) == done ? $$"""{"event":{{await done ?? "null"}}}""" : """{"timeout":true}""";
    }

    private static async Task<string?> Late(OrchestrationContext context)
    {
        await context.CallActivityAsync("StepA", "null");
        return await context.WaitForEventAsync("Done");
    }

    private static async Task<string?> Loop(OrchestrationContext context)
    {
        await context.WaitForEventAsync("Tick");
        var next = int.Parse(context.Input!, System.Globalization.CultureInfo.InvariantCulture) + 1;
        if (next == 3) return "3";
        context.ContinueAsNew(next.ToString(System.Globalization.CultureInfo.InvariantCulture));
        return null;
    }

    private static Task<string?> Sub(OrchestrationContext context)
        => context.CallSubOrchestrationAsync("Chain", context.Input, $"{context.InstanceId}:child");

    private static async Task<string?> Caught(OrchestrationContext context)
    {
        try
        {
            return await context.CallActivityAsync("Boom", "1");
        }
        catch (TaskFailedException e)
        {
            return System.Text.Json.JsonSerializer.Serialize("caught " + (e.Details?.ErrorType ?? "nothing"));
        }
    }
}
