using System.CommandLine;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Pipeline.Models;

namespace Pipeline.Cli.Doctor;

/// <summary><c>pipeline seed</c>: question sets and the model into the deployment's storage. What is there already is left alone.</summary>
internal static class SeedCommand
{
    private const string HashKey = "sha256";

    private static readonly Option<string> Questions = new("--questions") { Description = "Folder of question sets.", DefaultValueFactory = _ => Path.Combine("samples", "questions") };
    private static readonly Option<string> Models = new("--models") { Description = "Folder of model folders.", DefaultValueFactory = _ => "models" };

    public static Command Create()
    {
        var command = new Command("seed", "Puts question sets and the model into the storage account that azd has deployed.") { Questions, Models };
        command.SetAction((arguments, cancellation) => CommandAction.RunAsync(() => RunAsync(arguments, cancellation)));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult arguments, CancellationToken cancellation)
    {
        var deployment = Deployment.Open(Environment.CurrentDirectory);
        try
        {
            await QuestionsAsync(deployment, arguments.GetValue(Questions)!, cancellation);
            await ModelAsync(deployment, arguments.GetValue(Models)!, cancellation);
            return ExitCode.Success;
        }
        catch (RequestFailedException e) when (e.Status == 403)
        {
            throw new CommandFailure($"{deployment.Storage.BlobEndpoint} refuses: your identity lacks the role Storage Blob Data Contributor there, or the network rules keep you out. A role takes up to ten minutes to count after 'azd provision'.");
        }
        catch (ModelStoreException e)
        {
            throw new CommandFailure(e.Message);
        }
    }

    private static async Task QuestionsAsync(Deployment deployment, string folder, CancellationToken cancellation)
    {
        if (!Directory.Exists(folder)) throw new CommandFailure($"There is no folder {folder}; name the question sets' folder with --questions.");
        foreach (var file in Directory.GetFiles(folder, "*.json").Order(StringComparer.Ordinal))
        {
            var name = Path.GetFileName(file);
            var sent = await UploadAsync(deployment.Storage.QuestionSets.GetBlobClient(name), file, Hash(await File.ReadAllBytesAsync(file, cancellation)), cancellation);
            Console.WriteLine($"{(sent ? "sent" : "there")}  question-sets/{name}");
        }
    }

    /// <summary>The manifest goes last: a worker that finds one finds all files.</summary>
    private static async Task ModelAsync(Deployment deployment, string folder, CancellationToken cancellation)
    {
        var name = deployment.Model;
        var path = Path.Combine(folder, name);
        if (name == ModelLocation.DefaultName)
        {
            Console.WriteLine($"there  model {name}, in the workers' image");
            return;
        }

        var remote = deployment.Storage.Models.GetBlobClient($"{name}/{ModelManifest.FileName}");
        if (!Directory.Exists(path))
        {
            if (!await remote.ExistsAsync(cancellation)) throw new CommandFailure($"The deployment answers with {name}, which is neither in {path} nor in storage. Export it as docs/azure/gpu-models.md says, then run 'pipeline seed' again.");
            Console.WriteLine($"there  model {name}, in storage");
            return;
        }

        ModelFolder.Open(path);
        var manifest = await ModelManifest.CreateAsync(path, cancellation);
        foreach (var file in manifest.Files)
        {
            var sent = await UploadAsync(deployment.Storage.Models.GetBlobClient($"{name}/{file.Name}"), Path.Combine(path, file.Name), file.Sha256, cancellation);
            Console.WriteLine($"{(sent ? "sent" : "there")}  models/{name}/{file.Name}");
        }

        await remote.UploadAsync(BinaryData.FromString(manifest.ToJson()), overwrite: true, cancellation);
    }

    private static async Task<bool> UploadAsync(BlobClient blob, string file, string hash, CancellationToken cancellation)
    {
        if (await blob.ExistsAsync(cancellation))
        {
            BlobProperties there = await blob.GetPropertiesAsync(cancellationToken: cancellation);
            if (there.Metadata.TryGetValue(HashKey, out var known) && known == hash) return false;
        }

        await blob.UploadAsync(file, new BlobUploadOptions { Metadata = new Dictionary<string, string>(StringComparer.Ordinal) { [HashKey] = hash } }, cancellation);
        return true;
    }

    private static string Hash(byte[] content) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(content));
}
