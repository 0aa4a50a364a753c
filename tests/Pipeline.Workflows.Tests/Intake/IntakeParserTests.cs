using System.Text.Json;
using Pipeline.Workflows.Contracts;
using Pipeline.Workflows.Intake;

namespace Pipeline.Workflows.Tests.Intake;

public sealed class IntakeParserTests
{
    private static readonly Uri Account = new("https://acct.blob.core.windows.net/");

    [Fact]
    public void Reads_event_grids_own_schema()
    {
        var message = Parse("""
            {"topic":"/t","subject":"/blobServices/default/containers/inbox/blobs/leases/x.pdf","eventType":"Microsoft.Storage.BlobCreated","id":"1","data":{"api":"PutBlob","eTag":"0x8D4BCC2E4835CD0","contentLength":524288,"url":"https://acct.blob.core.windows.net/inbox/leases/x.pdf","sequencer":"00","storageDiagnostics":{"batchId":"b"}},"dataVersion":"","metadataVersion":"1","eventTime":"2026-06-26T18:41:00.9584103Z"}
            """);
        Assert.Equal(("inbox/leases/x.pdf", "0x8D4BCC2E4835CD0", null), (message!.Blob, message.ETag, message.RequestId));
    }

    [Fact]
    public void Reads_a_cloud_event()
    {
        var message = Parse("""
            {"specversion":"1.0","id":"1","source":"/s","type":"Microsoft.Storage.BlobCreated","data":{"eTag":"0x1","url":"https://acct.blob.core.windows.net/inbox/x.pdf"}}
            """);
        Assert.Equal("inbox/x.pdf", message!.Blob);
    }

    [Theory]
    [InlineData("""{"eventType":"Microsoft.Storage.BlobDeleted","data":{"url":"https://acct.blob.core.windows.net/inbox/x.pdf"}}""")]
    [InlineData("""{"eventType":"Microsoft.EventGrid.SubscriptionValidationEvent","data":{}}""")]
    public void Other_events_are_none_of_ours(string json) => Assert.Null(Parse(json));

    [Fact]
    public void Same_request_has_the_same_instance_whatever_form_it_comes_in()
    {
        var byEvent = Parse("""{"eventType":"Microsoft.Storage.BlobCreated","data":{"eTag":"0x1","url":"https://acct.blob.core.windows.net/inbox/x.pdf"}}""");
        var byMessage = Parse("""{"m":{"blob":"inbox/x.pdf","eTag":"\"0x1\""}}""");
        Assert.Equal(Identity.Instance(byEvent!), Identity.Instance(byMessage!));
        Assert.NotEqual(Identity.Instance(byEvent!), Identity.Instance(byEvent! with { RequestId = "again" }));
        Assert.True(Workflows.Durable.InstanceIds.IsValid(Identity.Instance(byEvent!)));
    }

    [Theory]
    [InlineData("null", ProblemTypes.InvalidMessage)]
    [InlineData("3", ProblemTypes.InvalidMessage)]
    [InlineData("\"text\"", ProblemTypes.InvalidMessage)]
    [InlineData("[]", ProblemTypes.InvalidMessage)]
    [InlineData("{}", ProblemTypes.InvalidMessage)]
    [InlineData("""{"m":null}""", ProblemTypes.InvalidMessage)]
    [InlineData("""{"m":{}}""", ProblemTypes.InvalidMessage)]
    [InlineData("""{"m":{"blob":"inbox/x"}}""", ProblemTypes.InvalidMessage)]
    [InlineData("""{"m":{"blob":"inbox/x","eTag":"1","colour":"red"}}""", ProblemTypes.InvalidMessage)]
    [InlineData("""{"m":{"blob":"inbox/x","eTag":"1"},"id":"z"}""", ProblemTypes.InvalidMessage)]
    [InlineData("""{"m":{"blob":"inbox/x","eTag":"1","eTag":"2"}}""", ProblemTypes.InvalidMessage)]
    [InlineData("""{"m":{"blob":"inbox/x","requestId":"a/b"}}""", ProblemTypes.InvalidMessage)]
    [InlineData("""{"m":{"blob":"inbox/x","eTag":"1","questionSet":"../secret"}}""", ProblemTypes.InvalidMessage)]
    [InlineData("""{"m":{"blob":"inbox/x","eTag":"1","model":"../../etc"}}""", ProblemTypes.InvalidMessage)]
    [InlineData("""{"m":{"blob":"inbox/../x","eTag":"1"}}""", ProblemTypes.ForeignBlob)]
    [InlineData("""{"m":{"blob":"https://other.blob.core.windows.net/inbox/x","eTag":"1"}}""", ProblemTypes.ForeignBlob)]
    [InlineData("""{"m":{"blob":"inbox/x","eTag":"1","questions":[]}}""", ProblemTypes.InvalidQuestions)]
    [InlineData("""{"eventType":"Microsoft.Storage.BlobCreated","data":{}}""", ProblemTypes.InvalidMessage)]
    [InlineData("""{"eventType":"Microsoft.Storage.BlobCreated","data":{"eTag":"1","url":"https://other.blob.core.windows.net/inbox/x"}}""", ProblemTypes.ForeignBlob)]
    public void What_is_wrong_is_named(string json, string problem)
        => Assert.Equal(ProblemTypes.Prefix + problem, Assert.Throws<PermanentProblemException>(() => Parse(json)).Problem.Type);

    [Fact]
    public void An_unknown_member_is_named_in_the_detail()
        => Assert.Contains("colour", Assert.Throws<PermanentProblemException>(() => Parse("""{"m":{"blob":"inbox/x","eTag":"1","colour":"red"}}""")).Problem.Detail, StringComparison.Ordinal);

    private static IntakeMessage? Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return IntakeParser.Parse(document.RootElement.Clone(), Account);
    }
}
