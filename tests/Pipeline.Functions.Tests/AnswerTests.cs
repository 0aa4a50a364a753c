using System.Net;
using System.Text.Json;
using Pipeline.Functions.Triggers;
using Pipeline.Local.Processes;
using Pipeline.Workflows.Durable.Wire;

namespace Pipeline.Functions.Tests;

/// <summary>The host hangs on an empty 2xx answer and fails an instance on an error; so every answer is checked.</summary>
public sealed class AnswerTests(HandlerFixture fixture)
{
    public static TheoryData<string> Functions
        => [.. Directory.GetDirectories(ProjectLayout.HandlerFolder).Where(d => File.Exists(Path.Combine(d, "function.json"))).Select(d => Path.GetFileName(d)!)];

    private static readonly string[] Bodies =
    [
        "", "null", "3", "\"x\"", "[]", "{", "{}", """{"Data":null}""", """{"Data":{}}""", """{"Data":{"message":null,"client":null,"input":null,"context":null,"timer":null}}""",
        """{"Data":{"message":"\"not json\"","input":"\"{\\\"x\\\":1}\"","context":"\"AAAA\"","timer":"x"},"Metadata":{}}""",
        """{"Data":{"message":"\"{\\\"m\\\":{\\\"blob\\\":\\\"inbox/../x\\\",\\\"eTag\\\":\\\"1\\\"}}\"","input":"[1,2]","context":"\"not base64\""},"Metadata":{"DequeueCount":"99"}}""",
        """{"data":{"message":{"m":{"analysisId":"a","attempt":1,"dispatch":1,"instanceId":"i"}},"input":"{}","context":"{\"history\":[]}"}}""",
    ];

    [Theory]
    [MemberData(nameof(Functions))]
    public async Task Whatever_is_sent_a_json_object_comes_back(string function)
    {
        foreach (var body in Bodies)
        {
            using var response = await fixture.PostAsync(function, body);
            await AssertObjectAsync(response);
        }

        using var broken = await fixture.PostAsync(function, [0xff, 0xfe, 0x00, 0x01]);
        await AssertObjectAsync(broken);
    }

    [Fact]
    public async Task An_unknown_function_is_answered_too()
    {
        using var response = await fixture.PostAsync("Nothing/Here", "{}");
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        await AssertObjectAsync(response);
    }

    [Fact]
    public async Task The_orchestrator_call_of_the_fixture_is_answered_in_protobuf()
    {
        using var response = await fixture.PostAsync("AnalyzeDocument", await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "fixtures", "durable", "host-orchestrator-request.json"), TestContext.Current.CancellationToken));
        var answer = OrchestratorResponse.Parser.ParseFrom(Convert.FromBase64String((await AssertObjectAsync(response)).GetProperty("ReturnValue").GetString()!));
        // "Chain" is no workflow of this app: the instance fails with a reason, the call does not.
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(OrchestrationStatus.Failed, answer.Actions.Single().CompleteOrchestration.OrchestrationStatus);
        Assert.Contains("Chain", answer.Actions.Single().CompleteOrchestration.FailureDetails.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_legacy_protocol_is_told_which_setting_is_wrong()
    {
        using var response = await fixture.PostAsync("AnalyzeDocument", """{"Data":{"context":"\"{\\\"history\\\":[],\\\"instanceId\\\":\\\"i\\\"}\""},"Metadata":{}}""");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var answer = (await AssertObjectAsync(response)).GetProperty("ReturnValue");
        Assert.Equal(OrchestratorFunction.LegacyProtocol, answer.GetProperty("error").GetString());
        Assert.Contains("FUNCTIONS_WORKER_RUNTIME", OrchestratorFunction.LegacyProtocol, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_undecodable_orchestrator_call_is_asked_for_again()
    {
        using var response = await fixture.PostAsync("AnalyzeDocument", """{"Data":{"context":"\"!!!\""}}""");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.True(OrchestratorResponse.Parser.ParseFrom(Convert.FromBase64String((await AssertObjectAsync(response)).GetProperty("ReturnValue").GetString()!)).RequiresHistory);
    }

    [Fact]
    public async Task A_history_larger_than_kestrels_default_limit_is_read()
    {
        var context = Convert.ToBase64String(new byte[40 * 1024 * 1024]);
        using var response = await fixture.PostAsync("AnalyzeDocument", $$"""{"Data":{"context":"\"{{context}}\""} }""");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private static async Task<JsonElement> AssertObjectAsync(HttpResponseMessage response)
    {
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        using var document = JsonDocument.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(JsonValueKind.Object, document.RootElement.ValueKind);
        return document.RootElement.Clone();
    }
}
