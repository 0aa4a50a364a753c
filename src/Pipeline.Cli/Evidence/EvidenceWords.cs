using Pipeline.Inference.Evidence;

namespace Pipeline.Cli.Evidence;

/// <summary>Evidence states as programs and people read them.</summary>
internal static class EvidenceWords
{
    /// <summary>The state's name in JSON.</summary>
    internal static string State(EvidenceState state) => state switch
    {
        EvidenceState.Found => "found",
        EvidenceState.NotCalibrated => "not-calibrated",
        _ => "not-readable",
    };

    /// <summary>Why there is no evidence, for people; null where there is.</summary>
    internal static string? WhyNone(string state) => state switch
    {
        "not-calibrated" => $"No evidence: the model folder has no {EvidenceCalibration.FileName}; pipeline calibrate writes one.",
        "not-readable" => "No evidence: this engine does not show its attention; use --engine native or ort.",
        _ => null,
    };
}
