namespace Pipeline.Models.Store;

/// <summary>
/// Where a model is put together, until it is whole: one folder for each name and set of files, so that an interrupted transfer finds its
/// own again. One process at a time has it.
/// </summary>
internal sealed class ModelStaging : IDisposable
{
    private readonly ModelManifest manifest;
    private readonly FileStream claim;

    private ModelStaging(string folder, ModelManifest manifest, FileStream claim)
    {
        Folder = folder;
        this.manifest = manifest;
        this.claim = claim;
    }

    public string Folder { get; }

    /// <exception cref="ModelStoreException">Another process has it.</exception>
    public static ModelStaging Claim(string incoming, string name, ModelManifest manifest)
    {
        var folder = Path.Combine(incoming, $"{name}-{manifest.Identity()}");
        Directory.CreateDirectory(folder);
        try
        {
            return new ModelStaging(folder, manifest, new FileStream(folder + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose));
        }
        catch (IOException e)
        {
            throw new ModelStoreException($"Another process is adding {name}. Wait for it to end.", e);
        }
    }

    /// <exception cref="ModelStoreException">What is still to come does not fit.</exception>
    public void RequireSpace()
    {
        var needed = manifest.Bytes - new DirectoryInfo(Folder).EnumerateFiles().Sum(file => file.Length);
        var free = new DriveInfo(Folder).AvailableFreeSpace;
        if (needed > free)
        {
            throw new ModelStoreException($"The model needs {needed:N0} more bytes, and {free:N0} are free where the store lies. Free some space, or keep the store elsewhere.");
        }
    }

    /// <summary>Writes the manifest down and opens the model; one that is no model is dropped.</summary>
    /// <exception cref="ModelFolderException">What came is no usable model.</exception>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        await File.WriteAllTextAsync(Path.Combine(Folder, ModelManifest.FileName), manifest.ToJson(), cancellationToken);
        try
        {
            ModelFolder.Open(Folder);
        }
        catch (ModelFolderException)
        {
            Directory.Delete(Folder, recursive: true);
            throw;
        }
    }

    /// <summary>Moves the model to its place in one step; what is there makes room.</summary>
    public void Publish(string target)
    {
        var old = Folder + "-replaced";
        if (Directory.Exists(target))
        {
            Directory.Move(target, old);
        }

        try
        {
            Directory.Move(Folder, target);
        }
        catch (IOException) when (Directory.Exists(old))
        {
            Directory.Move(old, target);
            throw;
        }

        if (Directory.Exists(old))
        {
            Directory.Delete(old, recursive: true);
        }
    }

    public void Dispose() => claim.Dispose();
}
