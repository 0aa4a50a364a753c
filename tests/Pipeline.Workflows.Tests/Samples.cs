using Pipeline.Workflows.Contracts;

namespace Pipeline.Workflows.Tests;

/// <summary>One of each contract, with every member set.</summary>
internal static class Samples
{
    public static readonly DateTimeOffset Now = new(2026, 11, 24, 9, 0, 0, TimeSpan.Zero);

    public static readonly Problem Problem = ProblemTypes.Create(ProblemTypes.OverContext, "The document has 9,000 tokens.", ["detail"]);

    public static readonly DocumentName Document = new("leases/x.pdf", new string('a', 64), 1234, "application/pdf");

    public static readonly AnalysisStatus Status = new(
        "a-1", AnalysisState.Failed, 2, 1, "doc-1", Document, Now, Now, 3, 1, new Progress(10, 20), new Progress(1, 2), new CacheUse(CacheState.Partial, 8), Now, "w/1", new Setback(1, "reason", Now), Problem, new Computation("native", 2300, 1200));

    public static readonly AnalysisResult Result = new(
        "a-1",
        2,
        AnalysisState.PartlySucceeded,
        new ResultDocument("leases/x.pdf", new string('a', 64), 1234, "application/pdf", [new PageSpan(1, 0, 32, "ok", "Lease")], 120),
        new ModelIdentity("m", "r", "native"),
        [
            new Answer(
                "rent",
                "How much is the <rent>?",
                AnswerStatus.Answered,
                "4,250 <b>euros</b>",
                [new Citation("monthly rent", "The ", " is", 4, 16, 1, true, 0.5)],
                new TokenUsage(10, 8, 3, 5, 6),
                new CacheUse(CacheState.Hit, 8),
                "length",
                null,
                EvidenceState.Found,
                true,
                [new AnswerPart(0, 5)],
                [0.75, 0, 0.25]),
            new Answer("end", "When?", AnswerStatus.Failed, "", [], new TokenUsage(0, 0, 0, 0, 0), new CacheUse(CacheState.Miss, 0), null, Problem),
        ],
        new Timings(Now, Now.AddMinutes(1), 2300, 1200),
        new ExtractionSummary("PdfPig 1", ["one page is a scan"]),
        Problem,
        new CacheUse(CacheState.Partial, 64));

    public static readonly CloudEvent Event = new(
        "a-1-2", "/pipeline", CloudEvent.TypeFailed, "leases/x.pdf", Now, new CloudEventData("a-1", 2, AnalysisState.Failed, "analyses/a-1/status.json", "analyses/a-1/result.json", "analyses/a-1/report.html", 1, 2, Problem));

    public static readonly IntakeMessage Intake = new("inbox/leases/x.pdf", "0x8D", "req-1", "leases", [new Question("Who?", "who")], "m", "Answer briefly.", true, "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
}
