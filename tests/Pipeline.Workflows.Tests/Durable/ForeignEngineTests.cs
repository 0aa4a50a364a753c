using Pipeline.Workflows.Durable.Wire;

namespace Pipeline.Workflows.Tests.Durable;

/// <summary>The scenarios of the replay cases, played by an engine that nobody here wrote.</summary>
public sealed class ForeignEngineTests
{
    [Fact]
    public async Task Chain()
    {
        await using var engine = await ForeignEngine.StartAsync((name, input) => name == "StepA" ? """{"pages":3}""" : $"[{input}]");
        await engine.SendAsync(new { op = "create", id = "i", name = "Chain", input = """{"doc":"a.pdf"}""" });
        await engine.DrainAsync();
        Assert.Equal((OrchestrationStatus.Completed, """[{"pages":3}]""", """{"stage":"second"}"""), await engine.GetAsync("i"));
        Assert.Equal(3, engine.Calls);
    }

    [Fact]
    public async Task Fan_out_keeps_the_order_of_calls()
    {
        await using var engine = await ForeignEngine.StartAsync((_, input) => $"\"p{input}\"");
        await engine.SendAsync(new { op = "create", id = "i", name = "Fan", input = "[1,2,3]" });
        await engine.DrainAsync();
        Assert.Equal((OrchestrationStatus.Completed, """["p1","p2","p3"]""", null), await engine.GetAsync("i"));
    }

    [Fact]
    public async Task An_event_beats_the_timer_whatever_its_case()
    {
        await using var engine = await ForeignEngine.StartAsync((_, _) => null);
        await engine.SendAsync(new { op = "create", id = "i", name = "Gate", input = (string?)null });
        await engine.DrainAsync();
        await engine.SendAsync(new { op = "raise", id = "i", name = "dONE", input = """{"ok":true}""" });
        await engine.DrainAsync();
        Assert.Equal((OrchestrationStatus.Completed, """{"event":{"ok":true}}""", null), await engine.GetAsync("i"));
    }

    [Fact]
    public async Task An_early_event_waits_for_its_reader()
    {
        await using var engine = await ForeignEngine.StartAsync((_, _) => "null");
        await engine.SendAsync(new { op = "create", id = "i", name = "Late", input = (string?)null });
        await engine.SendAsync(new { op = "raise", id = "i", name = "Done", input = "\"x\"" });
        await engine.DrainAsync();
        Assert.Equal((OrchestrationStatus.Completed, "\"x\"", null), await engine.GetAsync("i"));
    }

    [Fact]
    public async Task Continue_as_new_carries_untaken_events_over()
    {
        await using var engine = await ForeignEngine.StartAsync((_, _) => null);
        await engine.SendAsync(new { op = "create", id = "i", name = "Loop", input = "0" });
        foreach (var tick in (string[])["Tick", "tick", "TICK"]) await engine.SendAsync(new { op = "raise", id = "i", name = tick, input = "1" });
        await engine.DrainAsync();
        Assert.Equal((OrchestrationStatus.Completed, "3", null), await engine.GetAsync("i"));
    }

    [Fact]
    public async Task Suspended_means_nothing_happens_until_resumed()
    {
        await using var engine = await ForeignEngine.StartAsync((_, _) => null);
        await engine.SendAsync(new { op = "create", id = "i", name = "Gate", input = (string?)null });
        await engine.DrainAsync();
        await engine.SendAsync(new { op = "suspend", id = "i" });
        await engine.SendAsync(new { op = "raise", id = "i", name = "Done", input = "1" });
        await engine.DrainAsync();
        Assert.NotEqual(OrchestrationStatus.Completed, (await engine.GetAsync("i")).Status);
        await engine.SendAsync(new { op = "resume", id = "i" });
        await engine.DrainAsync();
        Assert.Equal((OrchestrationStatus.Completed, """{"event":1}""", null), await engine.GetAsync("i"));
    }

    [Fact]
    public async Task Terminate_ends_the_instance()
    {
        await using var engine = await ForeignEngine.StartAsync((_, _) => null);
        await engine.SendAsync(new { op = "create", id = "i", name = "Gate", input = (string?)null });
        await engine.DrainAsync();
        await engine.SendAsync(new { op = "terminate", id = "i", input = "\"stopped by user\"" });
        await engine.DrainAsync();
        var (status, output, _) = await engine.GetAsync("i");
        Assert.Equal((OrchestrationStatus.Terminated, "\"stopped by user\""), (status, output));
    }

    [Fact]
    public async Task A_failed_activity_fails_the_workflow_or_is_caught()
    {
        await using var engine = await ForeignEngine.StartAsync((name, _) => name is "Boom" or "StepB" ? throw new InvalidOperationException("no luck") : "1");
        await engine.SendAsync(new { op = "create", id = "uncaught", name = "Chain", input = """{"doc":"a"}""" });
        await engine.SendAsync(new { op = "create", id = "caught", name = "Caught", input = (string?)null });
        await engine.DrainAsync();
        var (status, output, _) = await engine.GetAsync("uncaught");
        Assert.Equal(OrchestrationStatus.Failed, status);
        Assert.Contains("no luck", output, StringComparison.Ordinal);
        Assert.Equal(OrchestrationStatus.Completed, (await engine.GetAsync("caught")).Status);
    }

    [Fact]
    public async Task A_sub_orchestration_gives_its_result()
    {
        await using var engine = await ForeignEngine.StartAsync((name, input) => name == "StepA" ? "1" : $"\"ok {input}\"");
        await engine.SendAsync(new { op = "create", id = "i", name = "Sub", input = """{"doc":"a"}""" });
        await engine.DrainAsync();
        // The engine tells the parent a little later.
        for (var i = 0; i < 50 && (await engine.GetAsync("i")).Status != OrchestrationStatus.Completed; i++)
        {
            await Task.Delay(50, TestContext.Current.CancellationToken);
            await engine.DrainAsync();
        }

        Assert.Equal((OrchestrationStatus.Completed, "\"ok 1\"", null), await engine.GetAsync("i"));
    }
}
