using System.Text.Json.Nodes;
using Google.Protobuf;
using Pipeline.Workflows.Durable;
using Pipeline.Workflows.Durable.Wire;

namespace Pipeline.Workflows.Tests.Durable;

/// <summary>Orchestrator calls as the Durable Task extension sends them, against the answers other implementations give.</summary>
public sealed class ReplayCasesTests
{
    private static readonly JsonNode Cases = JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "fixtures", "durable", "cases.json")))!;

    public static TheoryData<string> Names => [.. Cases["cases"]!.AsArray().Select(c => (string)c!["name"]!)];

    [Fact]
    public void All_cases_are_there() => Assert.Equal(24, Names.Count);

    [Theory]
    [MemberData(nameof(Names))]
    public void Answers_the_case(string name)
    {
        var replayCase = Cases["cases"]!.AsArray().Single(c => (string)c!["name"]! == name)!;
        var request = OrchestratorRequest.Parser.ParseFrom(Convert.FromBase64String((string)replayCase["requestBase64"]!));
        var expected = OrchestratorResponse.Parser.ParseFrom(Convert.FromBase64String((string)replayCase["responseBase64"]!));

        var actual = new OrchestratorRunner(ScenarioOrchestrators.All).Run(request);

        // The bytes travel and come back whole.
        actual = OrchestratorResponse.Parser.ParseFrom(actual.ToByteArray());
        ForgetFreeTexts(expected);
        ForgetFreeTexts(actual);
        Assert.Equal(JsonFormatter.Default.Format(expected), JsonFormatter.Default.Format(actual));
        Assert.Equal(expected, actual);
    }

    [Fact]
    public void Same_call_gives_the_same_bytes()
    {
        foreach (var replayCase in Cases["cases"]!.AsArray())
        {
            var request = OrchestratorRequest.Parser.ParseFrom(Convert.FromBase64String((string)replayCase!["requestBase64"]!));
            var runner = new OrchestratorRunner(ScenarioOrchestrators.All);
            Assert.Equal(runner.Run(request).ToByteArray(), runner.Run(request).ToByteArray());
        }
    }

    [Fact]
    public void A_session_without_history_is_asked_for_it()
    {
        var request = new OrchestratorRequest { InstanceId = "i" };
        request.Properties.Add("IncludeState", new Google.Protobuf.WellKnownTypes.Value { BoolValue = false });
        var response = new OrchestratorRunner(ScenarioOrchestrators.All).Run(request);
        Assert.True(response.RequiresHistory);
        Assert.Empty(response.Actions);
    }

    /// <summary>Type and message of an error of our own are free texts; that there is one, and what is inside it, is not.</summary>
    private static void ForgetFreeTexts(OrchestratorResponse response)
    {
        foreach (var details in response.Actions.Select(a => a.CompleteOrchestration?.FailureDetails).OfType<TaskFailureDetails>())
        {
            Assert.NotEmpty(details.ErrorType);
            Assert.NotEmpty(details.ErrorMessage);
            details.ErrorType = "";
            details.ErrorMessage = "";
            details.StackTrace = null;
            for (var inner = details.InnerFailure; inner is not null; inner = inner.InnerFailure) inner.StackTrace = null;
        }
    }
}
