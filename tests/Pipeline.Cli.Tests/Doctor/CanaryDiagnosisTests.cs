using Pipeline.Cli.Doctor;
using Pipeline.Workflows.Contracts;

namespace Pipeline.Cli.Tests.Doctor;

/// <summary>Where a canary stops names the part at fault.</summary>
public sealed class CanaryDiagnosisTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 24, 10, 0, 0, TimeSpan.Zero);
    private static readonly RequestRecord Received = new("doc-1", RequestState.Received, new IntakeMessage("submissions/a"), Now);
    private static readonly AnalysisStatus Status = new("a-1", AnalysisState.Accepted, 1, 1, "doc-1", new DocumentName("a", "00", 1, "text/plain"), Now, Now);

    [Fact]
    public void Through_is_through() => Assert.Null(Explain(new(null, false, Received, Status with { State = AnalysisState.Succeeded })));

    [Fact]
    public void Nobody_takes_the_message() => Names("azd deploy functions", new(0, false, null, null));

    [Fact]
    public void The_handler_fails() => Names("durableClient", new(3, false, null, null));

    [Fact]
    public void The_message_is_poison() => Names("intake-poison", new(null, true, null, null));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_workflow_does_not_run(bool accepted) => Names("FUNCTIONS_WORKER_RUNTIME", new(null, false, Received, accepted ? Status : null));

    [Fact]
    public void No_worker_extracts() => Names("AcrPull", new(null, false, Received, Status with { State = AnalysisState.Extracting }));

    [Fact]
    public void No_worker_answers() => Names("GPU quota", new(null, false, Received, Status with { State = AnalysisState.Queued }));

    [Fact]
    public void A_slow_worker_is_no_missing_worker() => Names("longer --timeout", new(null, false, Received, Status with { State = AnalysisState.Reading, Run = 1, Heartbeat = Now }));

    [Fact]
    public void The_model_is_missing()
        => Names("pipeline seed", new(null, false, Received, Status with { State = AnalysisState.Failed, Error = ProblemTypes.Create(ProblemTypes.UnknownModel, "The worker can't use the model 'm'.") }));

    private static void Names(string part, CanarySighting seen) => Assert.Contains(part, Explain(seen), StringComparison.Ordinal);

    private static string? Explain(CanarySighting seen) => CanaryDiagnosis.Explain(seen, "m");
}
