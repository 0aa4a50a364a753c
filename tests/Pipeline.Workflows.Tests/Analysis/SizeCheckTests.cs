using Pipeline.Workflows.Analysis;
using Pipeline.Workflows.Contracts;

namespace Pipeline.Workflows.Tests.Analysis;

public sealed class SizeCheckTests
{
    private static readonly AnalysisSize Fitting = new("m", "r", 7900, 164, 128, 8192, 46_080, 0);

    [Fact]
    public void What_fits_exactly_is_taken() => SizeCheck.Check(Fitting);

    [Fact]
    public void One_token_more_is_refused_with_the_numbers()
    {
        var problem = Assert.Throws<PermanentProblemException>(() => SizeCheck.Check(Fitting with { DocumentTokens = 7901 })).Problem;
        Assert.Equal(ProblemTypes.Prefix + ProblemTypes.OverContext, problem.Type);
        foreach (var number in (string[])["7,901", "164", "128", "8,193", "8,192"]) Assert.Contains(number, problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void More_than_the_workers_memory_is_refused_with_the_numbers()
    {
        SizeCheck.Check(Fitting with { MemoryBytes = 8192L * 46_080 });
        var problem = Assert.Throws<PermanentProblemException>(() => SizeCheck.Check(Fitting with { MemoryBytes = (8192L * 46_080) - 1 })).Problem;
        Assert.Equal(ProblemTypes.Prefix + ProblemTypes.OverMemory, problem.Type);
        Assert.Contains("377,487,360", problem.Detail, StringComparison.Ordinal);
    }
}
