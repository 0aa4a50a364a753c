using System.CommandLine;
using Pipeline.Workflows.Jobs;
using Pipeline.Workflows.Storage;

namespace Pipeline.Cli.Jobs;

/// <summary><c>pipeline delete</c>: a job with everything it left.</summary>
internal static class DeleteCommand
{
    private static readonly Argument<string> Id = JobCommand.Id();
    private static readonly Option<bool> Force = new("--force") { Description = "Also while it is being worked on; the work stops." };

    public static Command Create() => JobCommand.Create(
        "delete",
        "Deletes a job with all its traces: the file, its text, answers, status, KV cache and workflow history. What another analysis of the same document needs stays.",
        [Id, Force],
        RunAsync);

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        var storage = StorageChoice.Open(arguments);
        var client = new JobClient(storage, TimeProvider.System);
        var job = await JobCommand.FindAsync(client, arguments.GetValue(Id)!, cancellation);
        if (job.Status is not { } status)
        {
            await storage.Requests.GetBlobClient(RequestBlobs.Record(job.Id)).DeleteIfExistsAsync(cancellationToken: cancellation);
            Console.WriteLine($"{job.Id}: the request was deleted; it never became an analysis.");
            return ExitCode.Success;
        }

        if (!job.IsFinal)
        {
            if (!arguments.GetValue(Force)) throw new CommandFailure($"The job is {job.State}. Cancel it first, or say --force.");
            await client.CancelAsync(job, cancellation);
        }

        var report = await new Deletion(storage).DeleteAsync(status, new KvDeletion(storage, arguments.GetValue(StorageChoice.Data)!).ForgetAsync, cancellation);
        Console.WriteLine($"{report.AnalysisId}: {report.Blobs} blobs and {report.Requests} requests deleted; {(report.DocumentRemoved ? "the document and its KV cache are gone" : "the document stays, since another analysis uses it")}.");
        return ExitCode.Success;
    }
}
