using Pipeline.Models.Store;

namespace Pipeline.Models;

/// <summary>
/// A folder of model folders. A model appears in it whole and checked, or not at all: it is put together under <c>.incoming</c> and moved
/// into place at the end. An interrupted transfer goes on where it stopped when the same model is added again.
/// </summary>
public sealed class ModelStore
{
    private const string IncomingName = ".incoming";
    private readonly HttpClient client;
    private readonly ModelStoreOptions options;
    private readonly TimeProvider time;

    /// <param name="root">The store's folder; made when the first model is added.</param>
    /// <param name="client">For downloads. Its own timeout should be infinite: <see cref="ModelStoreOptions.StallTimeout"/> is the limit.</param>
    /// <param name="options">Defaults where null.</param>
    /// <param name="time">The system's where null.</param>
    public ModelStore(string root, HttpClient client, ModelStoreOptions? options = null, TimeProvider? time = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(root);
        ArgumentNullException.ThrowIfNull(client);
        Root = Path.GetFullPath(root);
        this.client = client;
        this.options = options ?? new ModelStoreOptions();
        this.options.Validate();
        this.time = time ?? TimeProvider.System;
    }

    /// <summary>Where models are kept if nothing else is said: PIPELINE_MODELS, or the user's folder for application data.</summary>
    public static string DefaultRoot => Environment.GetEnvironmentVariable("PIPELINE_MODELS") is { Length: > 0 } root
        ? root
        : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "pipeline", "models");

    public string Root { get; }

    /// <summary>All models, by name; one that can't be used says why.</summary>
    public IReadOnlyList<StoredModel> List()
    {
        if (!Directory.Exists(Root))
        {
            return [];
        }

        return [.. Directory.EnumerateDirectories(Root)
            .Where(path => IsName(Path.GetFileName(path)))
            .Order(StringComparer.Ordinal)
            .Select(Describe)];
    }

    /// <summary>Opens a model of the store.</summary>
    /// <exception cref="ModelStoreException">There is none of that name.</exception>
    /// <exception cref="ModelFolderException">It can't be used.</exception>
    public ModelFolder Open(string name)
    {
        var path = PathOf(name);
        return Directory.Exists(path)
            ? ModelFolder.Open(path)
            : throw new ModelStoreException($"There is no model {name} in {Root}. {(List() is { Count: > 0 } models ? "There are: " + string.Join(", ", models.Select(model => model.Name)) : "The store is empty; add a model first")}.");
    }

    /// <summary>Copies a model folder into the store.</summary>
    /// <param name="folder">A model folder.</param>
    /// <param name="name">Its name in the store; the folder's own where null.</param>
    /// <param name="replace">Take the place of a model of that name.</param>
    /// <exception cref="ModelStoreException">It could not be added; the store is as it was.</exception>
    /// <exception cref="ModelFolderException">The folder is no usable model.</exception>
    public async Task<ModelFolder> AddFolderAsync(
        string folder, string? name = null, bool replace = false, IProgress<ModelTransferProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        var opened = ModelFolder.Open(folder);
        name ??= opened.Name;
        CheckFree(name, replace);
        var manifest = await ModelManifest.CreateAsync(opened.Path, cancellationToken);
        return await AddAsync(new FolderSource(opened.Path), manifest, name, replace, progress, cancellationToken);
    }

    /// <summary>Downloads a model.</summary>
    /// <param name="baseAddress">HTTPS address that the files lie directly under; a query (such as a signature) goes with every request.</param>
    /// <param name="name">Its name in the store; the address's last part where null.</param>
    /// <param name="manifest">The files and checksums; <c>model-manifest.json</c> under the address where null.</param>
    /// <param name="replace">Take the place of a model of that name.</param>
    /// <exception cref="ModelStoreException">It could not be added; the store is as it was, and what came is kept for the next try.</exception>
    /// <exception cref="ModelFolderException">What came is no usable model.</exception>
    public async Task<ModelFolder> DownloadAsync(
        Uri baseAddress, string? name = null, ModelManifest? manifest = null, bool replace = false, IProgress<ModelTransferProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(baseAddress);
        var source = new HttpSource(client, baseAddress);
        name ??= Uri.UnescapeDataString(baseAddress.AbsolutePath.TrimEnd('/').Split('/')[^1]);
        CheckFree(name, replace);
        manifest ??= await ReadManifestAsync(source, cancellationToken);
        return await AddAsync(source, manifest, name, replace, progress, cancellationToken);
    }

    /// <summary>Reads a model's files again and names those that are missing or changed since it was added.</summary>
    /// <exception cref="ModelStoreException">There is no such model, or it was not added by a store.</exception>
    public async Task<IReadOnlyList<string>> FindDamageAsync(string name, CancellationToken cancellationToken = default)
    {
        var path = Path.Combine(Open(name).Path, ModelManifest.FileName);
        if (!File.Exists(path))
        {
            throw new ModelStoreException($"{name} has no {ModelManifest.FileName}, so there is nothing to check it by. Add it again.");
        }

        var wanted = ModelManifest.Parse(await File.ReadAllBytesAsync(path, cancellationToken), path);
        var found = await ModelManifest.CreateAsync(PathOf(name), cancellationToken);
        return [.. wanted.Files.Except(found.Files).Select(file => file.Name)];
    }

    /// <summary>Removes a model.</summary>
    /// <exception cref="ModelStoreException">There is none of that name.</exception>
    public void Remove(string name)
    {
        var path = PathOf(name);
        if (!Directory.Exists(path))
        {
            throw new ModelStoreException($"There is no model {name} in {Root}.");
        }

        // First out of sight in one step, so that no half model is ever seen.
        var removed = Path.Combine(Directory.CreateDirectory(Path.Combine(Root, IncomingName)).FullName, "removed-" + Guid.NewGuid().ToString("N"));
        Directory.Move(path, removed);
        Directory.Delete(removed, recursive: true);
    }

    /// <summary>Brings a model in from anywhere.</summary>
    /// <exception cref="ModelStoreException">It could not be added; the store is as it was, and what came is kept for the next try.</exception>
    internal async Task<ModelFolder> AddAsync(
        IModelSource source, ModelManifest manifest, string name, bool replace, IProgress<ModelTransferProgress>? progress, CancellationToken cancellationToken)
    {
        try
        {
            using var staging = ModelStaging.Claim(Path.Combine(Root, IncomingName), name, manifest);
            staging.RequireSpace();
            await new ModelTransfer(options, time).RunAsync(source, manifest, staging.Folder, progress, cancellationToken);
            await staging.CheckAsync(cancellationToken);
            CheckFree(name, replace);
            staging.Publish(PathOf(name));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelStoreException($"{name} could not be added to {Root}: {e.Message}", e);
        }

        return ModelFolder.Open(PathOf(name));
    }

    private async Task<ModelManifest> ReadManifestAsync(HttpSource source, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(options.StallTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await source.ReadManifestAsync(either.Token);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            throw new ModelStoreException($"{e.Message}. Check the address and the connection.", e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ModelStoreException($"The manifest did not come within {options.StallTimeout.TotalSeconds:F0} seconds. Check the address and the connection.", e);
        }
    }

    private void CheckFree(string name, bool replace)
    {
        if (Directory.Exists(PathOf(name)) && !replace)
        {
            throw new ModelStoreException($"There is a model {name} in {Root} already. Give another name, or replace it.");
        }
    }

    private string PathOf(string name) => IsName(name)
        ? Path.Combine(Root, name)
        : throw new ModelStoreException($"\"{name}\" can't be a model's name. A name has up to 100 letters, digits, '.', '_' and '-', and starts with a letter or digit.");

    private static bool IsName(string name) =>
        name is { Length: > 0 and <= 100 } && char.IsAsciiLetterOrDigit(name[0]) && name[^1] != '.' && name.All(unit => char.IsAsciiLetterOrDigit(unit) || unit is '.' or '_' or '-');

    private static StoredModel Describe(string path)
    {
        var bytes = new DirectoryInfo(path).EnumerateFiles().Sum(file => file.Length);
        try
        {
            var folder = ModelFolder.Open(path);
            return new StoredModel(folder.Name, path, bytes, folder, null);
        }
        catch (ModelFolderException e)
        {
            return new StoredModel(Path.GetFileName(path), path, bytes, null, e.Message);
        }
    }
}
