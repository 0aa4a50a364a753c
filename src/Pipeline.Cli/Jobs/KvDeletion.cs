using Pipeline.Inference.KvStore;
using Pipeline.Inference.KvStore.Tiers;
using Pipeline.Worker.Analyze;
using Pipeline.Workflows.Storage;

namespace Pipeline.Cli.Jobs;

/// <summary>Removes a document's KV blocks from the blob container and from the disks of a local run's workers.</summary>
internal sealed class KvDeletion(PipelineStorage storage, string dataFolder)
{
    public async Task ForgetAsync(string sha256, CancellationToken cancellation)
    {
        await RemoteRemoval.ForgetEverywhereAsync(new BlobKvTier(storage.Kv), sha256, cancellation);
        if (!Directory.Exists(dataFolder)) return;
        foreach (var folder in Directory.GetDirectories(dataFolder, "kv-*"))
        {
            var store = KvBlockStore.Open(new KvStoreOptions { Directory = folder });
            foreach (var document in store.List().Where(d => d.Id == sha256))
            {
                if (!store.Forget(document)) throw new CommandFailure($"A worker has the document open ({folder}). Try again when it has taken up another one, or when it has ended.");
            }
        }
    }
}
