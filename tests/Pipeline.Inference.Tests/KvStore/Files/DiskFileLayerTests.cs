using System.Runtime.Versioning;
using Pipeline.Inference.KvStore.Files;

namespace Pipeline.Inference.Tests.KvStore.Files;

public sealed class DiskFileLayerTests : IDisposable
{
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("pipeline-kv-files-");
    private readonly IKvFileLayer files = DiskFileLayer.Instance;

    public void Dispose() => directory.Delete(recursive: true);

    [Fact]
    public void An_exclusive_lock_keeps_everybody_out_and_a_shared_one_only_exclusive_ones()
    {
        var path = In("lock");
        using (files.TryLock(path, shared: false))
        {
            Assert.Null(files.TryLock(path, shared: false));
            Assert.Null(files.TryLock(path, shared: true));
        }

        using (files.TryLock(path, shared: true))
        {
            using var second = files.TryLock(path, shared: true);
            Assert.NotNull(second);
            Assert.Null(files.TryLock(path, shared: false));
        }

        using var last = files.TryLock(path, shared: false);
        Assert.NotNull(last);
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void Files_and_directories_are_for_the_owner_alone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no Unix file modes.");
        files.CreateDirectory(In("private"));
        files.OpenWrite(In("private/file")).Dispose();

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(In("private")));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(In("private/file")));
    }

    [Fact]
    public void What_is_missing_is_null_empty_or_nothing()
    {
        Assert.Null(files.OpenRead(In("none")));
        Assert.Null(files.OpenRead(In("no/none")));
        Assert.Equal(-1, files.LengthOf(In("none")));
        Assert.Empty(files.List(In("no")));
        files.Delete(In("no/none"));
    }

    [Fact]
    public void Names_are_replaced_and_directories_synchronised()
    {
        using (var file = files.OpenWrite(In("new")))
        {
            file.Write(2, "ab"u8);
            file.Flush();
        }

        files.OpenWrite(In("old")).Dispose();
        files.Replace(In("new"), In("old"));
        files.SyncDirectory(directory.FullName);

        Assert.Equal([0, 0, (byte)'a', (byte)'b'], File.ReadAllBytes(In("old")));
        Assert.Equal(["old"], files.List(directory.FullName));
        if (!OperatingSystem.IsWindows())
        {
            Assert.Throws<IOException>(() => files.SyncDirectory(In("none")));
        }
    }

    private string In(string name) => Path.Combine(directory.FullName, name);
}
