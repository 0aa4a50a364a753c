using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;

namespace Pipeline.Worker.Tests;

public sealed class WorkerOptionsTests
{
    [Theory]
    [InlineData("Roles", "extract,cook")]
    [InlineData("LeaseSeconds", "5")]
    [InlineData("ChunkTokens", "0")]
    [InlineData("HealthPort", "70000")]
    [InlineData("MaxAnswerTokens", "0")]
    [InlineData("OcrLanguages", "deu, eng")]
    public void What_is_out_of_range_is_refused(string name, string value)
        => Assert.Throws<ValidationException>(() => From(name, value));

    [Fact]
    public void Roles_are_told_apart()
    {
        var options = From("Roles", "analyze");
        Assert.True(options.Has("analyze"));
        Assert.False(options.Has("extract"));
        Assert.True(options.MemoryBytes > 0);
    }

    [Fact]
    public void Scanned_pages_are_read_in_the_languages_named()
        => Assert.Equal(["deu", "chi_sim"], From("OcrLanguages", "deu+chi_sim").Extraction().Ocr.Languages);

    private static WorkerOptions From(string name, string value)
        => WorkerOptions.From(new ConfigurationBuilder().AddInMemoryCollection([KeyValuePair.Create($"Worker:{name}", (string?)value)]).Build());
}
