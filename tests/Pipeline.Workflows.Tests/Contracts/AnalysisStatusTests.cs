using Pipeline.Workflows.Contracts;

namespace Pipeline.Workflows.Tests.Contracts;

public sealed class AnalysisStatusTests
{
    private static AnalysisStatus At(AnalysisState state, int attempt = 1, int dispatch = 1, int run = 1)
        => Samples.Status with { State = state, Attempt = attempt, Dispatch = dispatch, Run = run };

    [Theory]
    [InlineData(AnalysisState.Reading, AnalysisState.Answering, true)]
    [InlineData(AnalysisState.Answering, AnalysisState.Reading, false)]
    [InlineData(AnalysisState.Reading, AnalysisState.Reading, true)]
    [InlineData(AnalysisState.Accepted, AnalysisState.Cancelled, true)]
    [InlineData(AnalysisState.Succeeded, AnalysisState.Failed, false)]
    [InlineData(AnalysisState.Cancelled, AnalysisState.Answering, false)]
    public void Within_an_attempt_states_only_advance(AnalysisState from, AnalysisState to, bool allowed)
        => Assert.Equal(allowed, At(from).MayBecome(At(to)));

    [Fact]
    public void A_new_run_or_message_may_start_over()
    {
        Assert.True(At(AnalysisState.Answering).MayBecome(At(AnalysisState.Reading, run: 2)));
        Assert.True(At(AnalysisState.Answering, run: 4).MayBecome(At(AnalysisState.Queued, dispatch: 2, run: 0)));
    }

    [Fact]
    public void A_late_writer_changes_nothing()
    {
        Assert.False(At(AnalysisState.Reading, run: 2).MayBecome(At(AnalysisState.Answering, run: 1)));
        Assert.False(At(AnalysisState.Queued, dispatch: 2, run: 0).MayBecome(At(AnalysisState.Answering, dispatch: 1, run: 3)));
        Assert.False(At(AnalysisState.Accepted, attempt: 2).MayBecome(At(AnalysisState.Succeeded, attempt: 1)));
    }

    [Fact]
    public void A_new_attempt_follows_a_final_state()
        => Assert.True(At(AnalysisState.Failed).MayBecome(At(AnalysisState.Accepted, attempt: 2, dispatch: 0, run: 0)));
}
