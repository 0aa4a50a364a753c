using System.Text.Json;
using Pipeline.Functions.Hosting;

namespace Pipeline.Functions.Tests.Hosting;

/// <summary>Bodies as the Functions host sends them.</summary>
public sealed class HostRequestTests
{
    [Fact]
    public void Queue_message_with_an_object()
    {
        var request = Read("functions/queue-json-object.json");
        Assert.Equal("d1", request.Value("msg").GetProperty("documentId").GetString());
        // The date is the sender's, not one the host has rewritten.
        Assert.Equal("2026-08-20T10:11:12.3456789+02:00", request.Value("msg").GetProperty("at").GetString());
        Assert.StartsWith("{\"documentId\":\"d1\"", request.Text("msg"), StringComparison.Ordinal);
    }

    [Fact]
    public void Queue_message_with_plain_text()
    {
        var request = Read("functions/queue-plain-text.json");
        Assert.Equal(JsonValueKind.String, request.Value("msg").ValueKind);
        Assert.Equal("hello \"world\" é", request.Text("msg"));
    }

    [Fact]
    public void Members_that_clash_with_metadata_stay_the_messages()
        => Assert.Equal("OVERRIDDEN", Read("functions/queue-json-clashing-names.json").Value("msg").GetProperty("id").GetString());

    [Fact]
    public void Binary_message() => Assert.Equal("cmF3", Read("functions/queue-binary-datatype.json").Text("msg"));

    [Fact]
    public void Service_bus_one_and_many()
    {
        Assert.Equal("d1", Read("functions/servicebus-single.json").Value("msg").GetProperty("documentId").GetString());
        var many = Read("functions/servicebus-batch.json").Value("msgs");
        Assert.Equal(2, many.GetArrayLength());
        Assert.Equal("{\"documentId\":\"d2\"}", many[1].GetString());
    }

    [Theory]
    [InlineData("functions/eventgrid-object.json")]
    [InlineData("functions/eventgrid-string.json")]
    public void Event_grid_in_both_encodings(string file)
        => Assert.Equal("https://x/in/a.pdf", Read(file).Value("evt").GetProperty("data").GetProperty("url").GetString());

    [Fact]
    public void Timer() => Assert.False(Read("functions/timer.json").Value("timer").GetProperty("IsPastDue").GetBoolean());

    [Theory]
    [InlineData("durable/host-activity-object-input.json", "{\"doc\":\"a.pdf\"}")]
    [InlineData("durable/host-activity-array-input.json", "[1,2]")]
    [InlineData("durable/host-activity-string-input.json", "\"Tokyo\"")]
    [InlineData("durable/host-activity-null-input.json", "null")]
    public void Activity_input(string file, string json) => Assert.Equal(json, Read(file).Value("input").GetRawText());

    [Fact]
    public void Orchestrator_context()
    {
        var bytes = Convert.FromBase64String(Read("durable/host-orchestrator-request.json").Text("context"));
        Assert.Equal("doc-7f3a", Workflows.Durable.Wire.OrchestratorRequest.Parser.ParseFrom(bytes).InstanceId);
    }

    [Fact]
    public void Durable_client_payload()
    {
        var request = Read("durable/host-queue-with-durableclient.json");
        Assert.Equal("http://127.0.0.1:34567", request.Value("client").GetProperty("rpcBaseUrl").GetString());
        Assert.Equal("a.pdf", request.Value("msg").GetProperty("m").GetProperty("doc").GetString());
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"Data":null}""")]
    [InlineData("""{"Data":[]}""")]
    public void What_the_host_never_sends_is_refused(string json)
    {
        using var document = JsonDocument.Parse(json);
        Assert.Throws<JsonException>(() => HostRequest.Read(document.RootElement));
    }

    [Fact]
    public void A_missing_binding_is_undefined()
    {
        var request = Read("functions/timer.json");
        Assert.Equal(JsonValueKind.Undefined, request.Value("message").ValueKind);
        Assert.Equal("", request.Text("message"));
    }

    private static HostRequest Read(string file)
    {
        using var document = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "fixtures", file)));
        return HostRequest.Read(document.RootElement.Clone());
    }
}
