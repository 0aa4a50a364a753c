namespace Pipeline.Inference.Evidence;
public sealed record EvidenceCalibration
{
    public const string FileName = "evidence.json";
}
