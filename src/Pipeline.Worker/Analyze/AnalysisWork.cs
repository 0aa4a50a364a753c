using System.Threading.Channels;
using Azure.Storage.Blobs.Models;
using Pipeline.Worker.Fencing;
using Pipeline.Worker.Models;
using Pipeline.Workflows.Contracts;
using Pipeline.Workflows.Storage;
using Pipeline.Workflows.Telemetry;

namespace Pipeline.Worker.Analyze;

/// <summary>The role analyze: answers the questions that have no answer yet and writes each answer once, as soon as it is finished.</summary>
internal sealed partial class AnalysisWork(PipelineStorage storage, IDocumentAnswering answering, ModelCatalog models, ILogger<AnalysisWork> log) : IWork
{
    public WorkStage Stage => WorkStage.Analysis;

    public async Task RunAsync(WorkMessage message, ProgressReporter progress, Func<bool> mayWrite, CancellationToken cancellation)
    {
        var definition = await StoredDocument.DefinitionAsync(storage, message.AnalysisId, cancellation);
        var done = await DoneAsync(message.AnalysisId, progress.AnswersAttempt, cancellation);
        var open = definition.Questions.Where(q => !done.Contains(q.Id!)).ToList();
        progress.Report(AnalysisState.Reading, questions: new Progress(done.Count, definition.Questions.Count));
        Begins(message.AnalysisId, open.Count, definition.Questions.Count);
        if (open.Count == 0) return;

        var (description, text) = await StoredDocument.ReadAsync(storage, definition.Document.Sha256, cancellation)
            ?? throw new PermanentProblemException(ProblemTypes.WorkflowFailed, "The document's text is missing although it was extracted; was the document deleted?");

        var job = new AnswerJob(definition, await models.GetAsync(definition.Model, cancellation), text, description.Pages, description.Sentences, open);
        var answers = Channel.CreateUnbounded<Answer>(new UnboundedChannelOptions { SingleReader = true });
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var writing = WriteAsync(answers.Reader, message.AnalysisId, progress.AnswersAttempt, progress, new Progress(done.Count, definition.Questions.Count), mayWrite, stop);
        try
        {
            var computation = await Task.Factory.StartNew(() => answering.Run(job, new Listener(progress, answers.Writer), stop.Token), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            progress.Report(AnalysisState.Answering, computation: computation);
        }
        finally
        {
            // What was finished before an interruption is kept.
            answers.Writer.Complete();
            await writing;
        }
    }

    private async Task WriteAsync(ChannelReader<Answer> answers, string analysisId, int answersAttempt, ProgressReporter progress, Progress count, Func<bool> mayWrite, CancellationTokenSource stop)
    {
        try
        {
            await foreach (var answer in answers.ReadAllAsync(CancellationToken.None))
            {
                if (!mayWrite()) return;
                var written = await BlobJson.WriteOnceAsync(storage.Analyses, AnalysisBlobs.Answer(analysisId, answersAttempt, answer.QuestionId), answer, CancellationToken.None);
                Answered(analysisId, answer.QuestionId, written);
                count = count with { Done = count.Done + 1 };
                progress.Report(AnalysisState.Answering, questions: count);
            }
        }
        catch
        {
            await stop.CancelAsync();
            throw;
        }
    }

    private async Task<HashSet<string>> DoneAsync(string analysisId, int answersAttempt, CancellationToken cancellation)
    {
        var prefix = AnalysisBlobs.Answers(analysisId, answersAttempt);
        var done = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var blob in storage.Analyses.GetBlobsAsync(BlobTraits.None, BlobStates.None, prefix, cancellation))
        {
            done.Add(blob.Name[prefix.Length..^".json".Length]);
        }

        return done;
    }

    [LoggerMessage(LogLevel.Information, "Begins {Analysis}: {Open} of {Total} questions open")]
    private partial void Begins(string analysis, int open, int total);

    [LoggerMessage(LogLevel.Information, "Answered {Analysis} {Question}, written: {Written}")]
    private partial void Answered(string analysis, string question, bool written);

    private sealed class Listener(ProgressReporter progress, ChannelWriter<Answer> answers) : IAnswerListener
    {
        private long read;

        public void OnRead(Progress tokens, CacheUse? cache)
        {
            PipelineTelemetry.TokensRead.Add(Math.Max(0, tokens.Done - read));
            read = tokens.Done;
            progress.Report(tokens.Done < tokens.Total ? AnalysisState.Reading : AnalysisState.Answering, tokens, cache: cache);
        }

        public void OnAnswer(Answer answer) => answers.TryWrite(answer);
    }
}
