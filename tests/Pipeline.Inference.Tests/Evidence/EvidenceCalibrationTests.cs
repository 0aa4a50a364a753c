using Pipeline.Inference.Evidence;

namespace Pipeline.Inference.Tests.Evidence;

public sealed class EvidenceCalibrationTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("pipeline-evidence").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void The_default_model_has_a_calibration_that_its_graph_can_serve()
    {
        EvidenceCalibration calibration = EvidenceCalibration.Load(TestModels.Default)!;
        Assert.InRange(calibration.AttentionHeads.Count, 4, 16);
        Assert.All(calibration.AttentionHeads, h => Assert.True(h is { Layer: >= 0 and < 30, Head: >= 0 and < 9 }));
    }

    [Fact]
    public void Without_a_file_there_is_no_evidence() => Assert.Null(EvidenceCalibration.Load(folder));

    [Fact]
    public void What_is_saved_is_read_again()
    {
        var saved = new EvidenceCalibration { Heads = ["3:1", "4:0"], Distance = 512, NoAnswer = new NoAnswerRule(NoAnswerSign.Both, 0.7) };
        saved.Save(folder);
        EvidenceCalibration read = EvidenceCalibration.Load(folder)!;
        Assert.Equal([new AttentionHead(3, 1), new AttentionHead(4, 0)], read.AttentionHeads);
        Assert.Equal((saved.Distance, saved.NoAnswer), (read.Distance, read.NoAnswer));
    }

    [Theory]
    [InlineData("""{"heads":["x"]}""", "'x'")]
    [InlineData("""{"heads":[]}""", "1 to 64")]
    [InlineData("""{"heads":["1:1","1:1"]}""", "different")]
    [InlineData("""{"heads":["1:1"],"schemaVersion":1}""", "schemaVersion")]
    [InlineData("""{"heads":["1:1"],"distance":-1}""", "distance")]
    [InlineData("{", "pipeline calibrate")]
    [InlineData("null", "null")]
    public void A_wrong_file_is_refused_with_the_way_out(string json, string named)
    {
        File.WriteAllText(Path.Combine(folder, EvidenceCalibration.FileName), json);
        string message = Assert.Throws<InferenceException>(() => EvidenceCalibration.Load(folder)).Message;
        Assert.Contains(named, message, StringComparison.Ordinal);
        Assert.Contains("pipeline calibrate", message, StringComparison.Ordinal);
    }
}
