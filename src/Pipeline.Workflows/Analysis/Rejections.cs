using Pipeline.Workflows.Contracts;
using Pipeline.Workflows.Intake;
using Pipeline.Workflows.Storage;

namespace Pipeline.Workflows.Analysis;

/// <summary>Keeps what is known of a message that names no analysis.</summary>
public sealed class Rejections(PipelineStorage storage, TimeProvider time)
{
    private const int HeadLength = 1024;

    public Task RecordAsync(string queue, string text, Problem problem, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        var head = text.Length <= HeadLength ? text : text[..HeadLength];
        return BlobJson.WriteOnceAsync(
            storage.Requests,
            RequestBlobs.Rejected(queue, Identity.Message(text)),
            new RejectedMessage(queue, problem, head, text.Length, time.GetUtcNow()),
            cancellation);
    }
}
