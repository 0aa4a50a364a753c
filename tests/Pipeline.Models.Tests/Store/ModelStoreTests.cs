using System.Text;

namespace Pipeline.Models.Tests.Store;

public sealed class ModelStoreTests : IDisposable
{
    private static readonly string Source = Repository.TinyModel("llama");
    private readonly TemporaryFolder temporary = new();
    private readonly HttpClient client = new() { Timeout = Timeout.InfiniteTimeSpan };
    private readonly ModelStore store;

    public ModelStoreTests() => store = MakeStore();

    public void Dispose()
    {
        client.Dispose();
        temporary.Dispose();
    }

    [Fact]
    public async Task A_folder_is_copied_and_listed()
    {
        var progress = new Reports();

        var folder = await store.AddFolderAsync(Source, progress: progress);

        Assert.Equal(Path.Combine(store.Root, "llama"), folder.Path);
        AssertSameFiles("llama");
        var model = Assert.Single(store.List());
        Assert.Equal(("llama", (string?)null), (model.Name, model.Problem));
        Assert.Equal("llama", store.Open("llama").Name);
        Assert.Equal(progress.Last.BytesTotal, progress.Last.BytesDone);
        Assert.Equal(Directory.EnumerateFiles(Source).Sum(file => new FileInfo(file).Length), progress.Last.BytesTotal);
        Assert.Empty(await store.FindDamageAsync("llama"));
    }

    [Fact]
    public async Task A_model_is_downloaded_file_by_file_with_the_addresss_signature()
    {
        await using var server = await Serve();

        await store.DownloadAsync(server.Address);

        AssertSameFiles("tiny");
        Assert.Contains("model.onnx.data", server.Requests);
        Assert.DoesNotContain(server.Requests, request => request.Contains("without signature", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(new[] { "Cut", "Cut", "Unavailable", "Cut" }, new[] { "", "bytes=270976-", "bytes=406464-", "bytes=406464-", "bytes=474208-" })]
    [InlineData(new[] { "Cut", "IgnoreRange" }, new[] { "", "bytes=270976-" })]
    [InlineData(new[] { "Cut", "RefuseRange" }, new[] { "", "bytes=270976-", "" })]
    public async Task A_download_goes_on_where_it_was_cut(string[] faults, string[] ranges)
    {
        await using var server = await Serve(faults);

        await store.DownloadAsync(server.Address, "m");

        AssertSameFiles("m");
        Assert.Equal(ranges, server.Requests.Where(request => request.StartsWith("model.onnx.data", StringComparison.Ordinal)).Select(request => request["model.onnx.data".Length..].Trim()));
    }

    [Fact]
    public async Task A_download_that_failed_goes_on_when_the_model_is_added_again()
    {
        await using var server = await Serve("Cut", "Unavailable", "Unavailable", "Unavailable");

        var error = await Assert.ThrowsAsync<ModelStoreException>(() => store.DownloadAsync(server.Address, "m"));

        Assert.Contains("model.onnx.data could not be transferred", error.Message, StringComparison.Ordinal);
        Assert.Contains("answers 503", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error.ToString(), StringComparison.Ordinal);
        Assert.Empty(store.List());
        server.Requests.Clear();
        await MakeStore().DownloadAsync(server.Address, "m");
        AssertSameFiles("m");
        Assert.Contains("model.onnx.data bytes=270976-", server.Requests);
        Assert.DoesNotContain("genai_config.json", server.Requests);
    }

    [Fact]
    public async Task A_connection_that_brings_nothing_is_given_up_and_tried_again()
    {
        await using var server = await Serve("Stall");

        await store.DownloadAsync(server.Address, "m");

        AssertSameFiles("m");
        Assert.Contains("model.onnx.data bytes=1000-", server.Requests);
    }

    [Theory]
    [InlineData("Damage", "model.onnx.data does not have the checksum that the manifest names")]
    [InlineData("TooLong", "model.onnx.data is longer than the 541952 bytes")]
    [InlineData("Forbidden", "answers 403 (Forbidden). Check that the address allows reading")]
    public async Task What_is_not_the_model_never_gets_into_the_store(string fault, string message)
    {
        await using var server = await Serve(fault);

        var error = await Assert.ThrowsAsync<ModelStoreException>(() => store.DownloadAsync(server.Address, "m"));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Empty(store.List());
        await store.DownloadAsync(server.Address, "m");
        AssertSameFiles("m");
    }

    [Fact]
    public async Task An_address_without_manifest_is_refused_with_the_way_out()
    {
        await using var server = new FileServer(Source);

        var error = await Assert.ThrowsAsync<ModelStoreException>(() => store.DownloadAsync(server.Address));

        Assert.Contains("/models/tiny/model-manifest.json answers 404 (NotFound). Check the address; the model's files and model-manifest.json must lie directly under it.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_named()
    {
        var server = new FileServer(Source);
        await server.DisposeAsync();

        var error = await Assert.ThrowsAsync<ModelStoreException>(() => store.DownloadAsync(server.Address));

        Assert.Contains("Check the address and the connection.", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://example.org/m")]
    [InlineData("ftp://127.0.0.1/m")]
    [InlineData("m")]
    public async Task Only_https_is_taken_from_elsewhere(string address) => Assert.Contains(
        "is not an HTTPS address",
        (await Assert.ThrowsAsync<ModelStoreException>(() => store.DownloadAsync(new Uri(address, UriKind.RelativeOrAbsolute), "m"))).Message,
        StringComparison.Ordinal);

    [Fact]
    public async Task A_cancelled_download_ends_and_keeps_what_came()
    {
        await using var server = await Serve("Stall");
        using var cancel = new CancellationTokenSource();
        var progress = new Reports { OnReport = report => { if (report.File == "model.onnx.data") { cancel.Cancel(); } } };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => store.DownloadAsync(server.Address, "m", progress: progress, cancellationToken: cancel.Token));

        Assert.Empty(store.List());
        await store.DownloadAsync(server.Address, "m");
        Assert.Contains("model.onnx.data bytes=1000-", server.Requests);
        AssertSameFiles("m");
    }

    [Fact]
    public async Task A_download_that_is_no_model_is_dropped()
    {
        var folder = temporary.Copy(Source, "source");
        File.Delete(Path.Combine(folder, "tokenizer.json"));
        File.WriteAllText(Path.Combine(folder, ModelManifest.FileName), (await ModelManifest.CreateAsync(folder)).ToJson());
        await using var server = new FileServer(folder);

        var error = await Assert.ThrowsAsync<ModelFolderException>(() => store.DownloadAsync(server.Address, "m"));

        Assert.Contains("tokenizer.json, the tokeniser, is missing", error.Message, StringComparison.Ordinal);
        Assert.Empty(store.List());
        Assert.Empty(Directory.EnumerateDirectories(Path.Combine(store.Root, ".incoming")));
    }

    [Fact]
    public async Task A_name_that_is_taken_is_refused_or_replaced()
    {
        await store.AddFolderAsync(Source, "m");

        var error = await Assert.ThrowsAsync<ModelStoreException>(() => store.AddFolderAsync(Repository.TinyModel("qwen3"), "m"));
        var replaced = await store.AddFolderAsync(Repository.TinyModel("qwen3"), "m", replace: true);

        Assert.Contains("There is a model m", error.Message, StringComparison.Ordinal);
        Assert.Equal("qwen3", replaced.Config.Type);
        Assert.Equal("qwen3", store.Open("m").Config.Type);
        Assert.Single(store.List());
    }

    [Theory]
    [InlineData("../m")]
    [InlineData(".m")]
    [InlineData("a/b")]
    [InlineData("")]
    [InlineData("m.")]
    public async Task A_name_that_is_a_path_is_refused(string name)
    {
        Assert.Contains("can't be a model's name", (await Assert.ThrowsAsync<ModelStoreException>(() => store.AddFolderAsync(Source, name))).Message, StringComparison.Ordinal);
        Assert.Throws<ModelStoreException>(() => store.Remove(name));
        Assert.Throws<ModelStoreException>(() => store.Open(name));
    }

    [Theory]
    [InlineData("""{"files": [{"name": "../x", "bytes": 1, "sha256": "$"}]}""", "the file name \"../x\"")]
    [InlineData("""{"files": [{"name": "a\\b", "bytes": 1, "sha256": "$"}]}""", "the file name \"a\\b\"")]
    [InlineData("""{"files": [{"name": ".x", "bytes": 1, "sha256": "$"}]}""", "the file name \".x\"")]
    [InlineData("""{"files": [{"name": "x.part", "bytes": 1, "sha256": "$"}]}""", "the file name \"x.part\"")]
    [InlineData("""{"files": [{"name": "x", "bytes": 1, "sha256": "$"}, {"name": "X", "bytes": 1, "sha256": "$"}]}""", "\"X\" twice")]
    [InlineData("""{"files": [{"name": "x", "bytes": -1, "sha256": "$"}]}""", "a negative length for x")]
    [InlineData("""{"files": [{"name": "x", "bytes": 1, "sha256": "AB"}]}""", "a wrong sha256 for x")]
    [InlineData("""{"files": [null]}""", "an empty entry")]
    [InlineData("""{"files": []}""", "names no files")]
    [InlineData("""{}""", "names no files")]
    [InlineData("""{"files": 1}""", "is not a model manifest: line 1")]
    public void A_manifest_that_names_what_is_not_allowed_is_refused(string json, string message)
    {
        var error = Assert.Throws<ModelStoreException>(() => ModelManifest.Parse(Encoding.UTF8.GetBytes(json.Replace("$", new string('a', 64), StringComparison.Ordinal)), "here"));

        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Damage_is_found_and_an_unusable_model_says_why()
    {
        await store.AddFolderAsync(Source, "m");
        File.AppendAllText(Path.Combine(store.Root, "m", "chat_template.jinja"), " ");

        Assert.Equal(["chat_template.jinja"], await store.FindDamageAsync("m"));
        File.Delete(Path.Combine(store.Root, "m", "model.onnx"));
        Assert.Contains("model.onnx, the graph", Assert.Single(store.List()).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_removed_model_is_gone()
    {
        await store.AddFolderAsync(Source, "m");

        store.Remove("m");

        Assert.Empty(store.List());
        Assert.Contains("There is no model m", Assert.Throws<ModelStoreException>(() => store.Open("m")).Message, StringComparison.Ordinal);
        Assert.Throws<ModelStoreException>(() => store.Remove("m"));
    }

    [Fact]
    public async Task Two_at_once_do_not_mix()
    {
        await using var server = await Serve("Stall");
        var first = store.DownloadAsync(server.Address, "m");
        while (!server.Requests.Contains("model.onnx.data"))
        {
            await Task.Delay(10);
        }

        var error = await Assert.ThrowsAsync<ModelStoreException>(() => MakeStore().DownloadAsync(server.Address, "m"));

        Assert.Contains("Another process is adding m", error.Message, StringComparison.Ordinal);
        await first;
        AssertSameFiles("m");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(101)]
    public void Options_out_of_range_are_refused(int attempts) =>
        Assert.Throws<System.ComponentModel.DataAnnotations.ValidationException>(() => new ModelStore(temporary.Path, client, new ModelStoreOptions { Attempts = attempts }));

    private ModelStore MakeStore() => new(
        temporary.In("store"), client, new ModelStoreOptions { Attempts = 3, RetryDelay = TimeSpan.FromMilliseconds(1), StallTimeout = TimeSpan.FromSeconds(1) });

    private async Task<FileServer> Serve(params string[] faults)
    {
        var folder = temporary.Copy(Source, "served");
        await File.WriteAllTextAsync(Path.Combine(folder, ModelManifest.FileName), (await ModelManifest.CreateAsync(folder)).ToJson());
        var server = new FileServer(folder);
        foreach (var fault in faults)
        {
            server.Faults.Enqueue(Enum.Parse<Fault>(fault));
        }

        return server;
    }

    private void AssertSameFiles(string name)
    {
        var target = Path.Combine(store.Root, name);
        Assert.Equal(
            Directory.EnumerateFiles(Source).Select(Path.GetFileName).Append(ModelManifest.FileName).Order(StringComparer.Ordinal),
            Directory.EnumerateFileSystemEntries(target).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.All(Directory.EnumerateFiles(Source), file => Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(Path.Combine(target, Path.GetFileName(file)))));
    }

    private sealed class Reports : IProgress<ModelTransferProgress>
    {
        public Action<ModelTransferProgress>? OnReport { get; init; }

        public ModelTransferProgress Last { get; private set; }

        public void Report(ModelTransferProgress value)
        {
            Last = value;
            OnReport?.Invoke(value);
        }
    }
}
