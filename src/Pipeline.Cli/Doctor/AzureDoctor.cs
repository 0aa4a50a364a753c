using System.Globalization;
using Azure;
using Azure.Storage.Queues.Models;
using Pipeline.Models;
using Pipeline.Workflows;

namespace Pipeline.Cli.Doctor;

/// <summary><c>pipeline doctor --azure</c>: does the deployment work? Ends with one document sent all the way through.</summary>
internal sealed class AzureDoctor(Deployment deployment, TextWriter output, TimeProvider time)
{
    /// <param name="limit">How long the document may take; a cold GPU worker needs minutes.</param>
    /// <returns>Whether all is well.</returns>
    public async Task<bool> RunAsync(TimeSpan limit, CancellationToken cancellation)
    {
        try
        {
            if (!await StorageAsync(cancellation)) return false;
            await PoisonAsync(cancellation);
            return await ModelAsync(cancellation) && await CanaryAsync(limit, cancellation);
        }
        catch (RequestFailedException e) when (e.Status == 403)
        {
            return Fail("role", $"{deployment.Storage.BlobEndpoint} refuses ({e.ErrorCode}).", "You need Storage Blob Data Contributor and Storage Queue Data Contributor on the account ('azd provision' gives them to whoever runs it; they count after up to ten minutes), and the network rules must let you in.");
        }
        catch (Exception e) when (e is RequestFailedException or AggregateException)
        {
            return Fail("storage", $"{deployment.Storage.BlobEndpoint} can't be reached: {e.Message.Split('\n')[0].Trim()}", "Is the name right ('azd env get-values'), and is the account open to this network?");
        }
    }

    private async Task<bool> StorageAsync(CancellationToken cancellation)
    {
        var missing = new List<string>();
        foreach (var name in StorageNames.Containers)
        {
            if (!await deployment.Storage.Container(name).ExistsAsync(cancellation)) missing.Add(name);
        }

        foreach (var name in StorageNames.Queues)
        {
            if (!await deployment.Storage.Queue(name).ExistsAsync(cancellation)) missing.Add(name);
        }

        return missing.Count == 0
            ? Pass("storage", $"{deployment.Storage.BlobEndpoint}: {StorageNames.Containers.Count} containers, {StorageNames.Queues.Count} queues")
            : Fail("storage", $"{deployment.Storage.BlobEndpoint} lacks {string.Join(", ", missing)}.", "Run 'azd provision'.");
    }

    private async Task PoisonAsync(CancellationToken cancellation)
    {
        foreach (var name in StorageNames.WorkQueues.Select(q => q + StorageNames.PoisonSuffix))
        {
            QueueProperties queue = await deployment.Storage.RawQueue(name).GetPropertiesAsync(cancellation);
            if (queue.ApproximateMessagesCount > 0) Write("note", "poison", $"{queue.ApproximateMessagesCount} messages in {name}", "The function beside it should have taken them within a minute; docs/azure/runbook.md, \"Poison\".");
        }
    }

    private async Task<bool> ModelAsync(CancellationToken cancellation)
    {
        if (deployment.Model == ModelLocation.DefaultName) return Pass("model", $"{deployment.Model}, in the workers' image");
        return await deployment.Storage.Models.GetBlobClient($"{deployment.Model}/{ModelManifest.FileName}").ExistsAsync(cancellation)
            ? Pass("model", $"{deployment.Model}, in the container models")
            : Fail("model", $"{deployment.Model} is not in the container models.", "Export it (docs/azure/gpu-models.md) and run 'pipeline seed'.");
    }

    private async Task<bool> CanaryAsync(TimeSpan limit, CancellationToken cancellation)
    {
        var started = time.GetTimestamp();
        var canary = new Canary(deployment.Storage, time);
        await canary.SendAsync(cancellation);
        var state = "";
        var last = await canary.FollowAsync(
            limit,
            seen =>
            {
                var now = seen.Status?.State.ToString() ?? seen.Request?.State.ToString() ?? "sent";
                if (now == state) return;
                state = now;
                Write("    ", "canary", string.Create(CultureInfo.InvariantCulture, $"{time.GetElapsedTime(started).TotalSeconds,5:F0} s  {now}"));
            },
            cancellation);
        if (CanaryDiagnosis.Explain(last, deployment.Model) is { } cause) return Fail("canary", "the document did not come through", cause);
        var answer = await canary.AnswerAsync(last, cancellation);
        if (answer?.Contains(canary.Word, StringComparison.OrdinalIgnoreCase) != true) Write("note", "answer", $"\"{answer}\" lacks the word {canary.Word}", "The deployment works; the model answers badly. Check that it is an instruct model, exported whole.");
        return Pass("canary", string.Create(CultureInfo.InvariantCulture, $"one document went all the way in {time.GetElapsedTime(started).TotalSeconds:F0} s"));
    }

    private bool Pass(string name, string found)
    {
        Write("ok  ", name, found);
        return true;
    }

    private bool Fail(string name, string found, string wayOut)
    {
        Write("lack", name, found, wayOut);
        return false;
    }

    private void Write(string mark, string name, string found, string? wayOut = null)
    {
        output.WriteLine($"{mark}  {name,-16} {found}");
        if (wayOut is not null) output.WriteLine($"      {wayOut}");
    }
}
