using Pipeline.Documents.Protocol;

namespace Pipeline.Documents.Parsers.Host;

/// <summary>Writes frames to the parent from any thread.</summary>
internal sealed class FrameWriter(Stream output)
{
    private readonly Lock gate = new();

    public void Write(FrameKind kind, ReadOnlyMemory<byte> payload)
    {
        lock (gate)
        {
            Frames.Write(output, kind, payload.Span);
        }
    }
}
