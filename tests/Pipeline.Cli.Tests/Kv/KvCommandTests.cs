using System.Globalization;
using System.Text.Json;
using Pipeline.Inference.KvStore;

namespace Pipeline.Cli.Tests.Kv;

/// <summary>The commands over a store that <c>pipeline ask</c> filled.</summary>
public sealed class KvCommandTests : IAsyncLifetime
{
    private readonly string folder = Directory.CreateTempSubdirectory("pipeline-kv-").FullName;

    private string Store => Path.Combine(folder, "store");

    public async ValueTask InitializeAsync()
    {
        await AskAsync(Write("pump.md", "# Pump\n" + Words("pump", 40)));
        await AskAsync(Write("valve.md", "# Valve\n" + Words("valve", 60)));
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task List_shows_what_is_kept_the_last_used_first()
    {
        var table = await KvAsync("list");
        Assert.True(table.ExitCode == 0, table.Error);
        var rows = table.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, rows.Length);
        Assert.EndsWith("document", rows[0].TrimEnd(), StringComparison.Ordinal);
        Assert.EndsWith("valve.md", rows[1].TrimEnd(), StringComparison.Ordinal);
        Assert.EndsWith("pump.md", rows[2].TrimEnd(), StringComparison.Ordinal);
        Assert.Contains("2 documents, ", table.Error, StringComparison.Ordinal);

        var documents = await ListAsync();
        Assert.Equal(["valve.md", "pump.md"], documents.Select(d => d.GetProperty("name").GetString()));
        Assert.All(documents, document =>
        {
            Assert.Equal("llama", document.GetProperty("model").GetString());
            Assert.Equal(document.GetProperty("totalTokens").GetInt32(), document.GetProperty("storedTokens").GetInt32());
            Assert.True(document.GetProperty("bytes").GetInt64() > document.GetProperty("storedTokens").GetInt32());
            Assert.InRange(document.GetProperty("lastUsed").GetDateTimeOffset(), document.GetProperty("created").GetDateTimeOffset(), DateTimeOffset.MaxValue);
        });

        // A control character in a file's name must not reach the terminal.
        if (!OperatingSystem.IsWindows())
        {
            await AskAsync(Write("\u001b[2Jred.md", Words("red", 10)));
            Assert.DoesNotContain('\u001b', (await KvAsync("list")).Output);
        }
    }

    [Fact]
    public async Task Verify_computes_blocks_again_and_finds_a_flipped_bit()
    {
        var good = await VerifyAsync("--blocks", "3");
        Assert.True(good.ExitCode == 0, good.Error);
        Assert.Contains(" blocks whole, 0 damaged", good.Output, StringComparison.Ordinal);
        Assert.Contains("Recomputed with llama: 3 of 3 blocks have the same bits.", good.Output, StringComparison.Ordinal);

        var other = await KvAsync("verify", "--model", CommandLine.Tiny("qwen2"));
        Assert.Contains("0 of 0 blocks", other.Output, StringComparison.Ordinal);
        Assert.Contains("no blocks that qwen2 computes", other.Error, StringComparison.Ordinal);

        var segment = Directory.EnumerateFiles(Store, "*.kv", SearchOption.AllDirectories).First();
        var bytes = await File.ReadAllBytesAsync(segment, TestContext.Current.CancellationToken);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(segment, bytes, TestContext.Current.CancellationToken);
        var bad = await KvAsync("verify", "--blocks", "0");
        Assert.Equal(1, bad.ExitCode);
        Assert.DoesNotContain(" 0 damaged", bad.Output, StringComparison.Ordinal);
        Assert.Contains(segment, bad.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await KvAsync("verify", "--blocks", "0")).ExitCode); // the damaged blocks are out now

        (await VerifyAsync("--blocks", "-3")).IsRefusal("--blocks", "0 to 100000");
        (await VerifyAsync("--blocks", "100001")).IsRefusal("--blocks", "0 to 100000");
        Assert.Contains("no-model", (await KvAsync("verify", "--model", Path.Combine(folder, "no-model"))).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Prune_leaves_no_more_than_was_said_and_the_last_used_longest()
    {
        var before = await ListAsync();
        var limit = before[0].GetProperty("bytes").GetInt64();

        var pruned = await KvAsync("prune", "--max-bytes", limit.ToString(CultureInfo.InvariantCulture));

        Assert.True(pruned.ExitCode == 0, pruned.Error);
        Assert.Matches("^[1-9][0-9]* blocks deleted, .* freed, .* left\\.$", pruned.Output.Trim());
        var after = await ListAsync();
        Assert.Equal(before[0].GetProperty("storedTokens").GetInt32(), after[0].GetProperty("storedTokens").GetInt32());
        Assert.InRange(KvBlockStore.Open(new KvStoreOptions { Directory = Store }).Bytes, 1, limit);
        Assert.Equal(CachedState.Hit, await AskAsync(Path.Combine(folder, "valve.md")));
        Assert.NotEqual(CachedState.Hit, await AskAsync(Path.Combine(folder, "pump.md")));

        foreach (var size in (string[])["12x", "x", "", "1.5G", "9223372036854775808", "9000000T", "0x10"])
        {
            (await KvAsync("prune", "--max-bytes", size)).IsRefusal("--max-bytes", "no number of bytes");
        }

        Assert.NotEqual(0, (await KvAsync("prune")).ExitCode);
        Assert.Equal(0, (await KvAsync("prune", "--max-bytes", "1T")).ExitCode);
        Assert.Equal(2, (await ListAsync()).Count);
    }

    [Fact]
    public async Task Forget_takes_a_name_or_an_id_and_only_that_document()
    {
        var same = Directory.CreateDirectory(Path.Combine(folder, "other")).FullName;
        var again = Path.Combine(same, "pump.md");
        await File.WriteAllTextAsync(again, "# Pump\n" + Words("another", 30), TestContext.Current.CancellationToken);
        await AskAsync(again);

        (await KvAsync("forget", "pump.md")).IsRefusal("2 documents are called pump.md", "id");
        (await KvAsync("forget", "motor.md")).IsRefusal("no document motor.md", "kv list");
        var id = (await ListAsync())[0].GetProperty("id").GetString()!;
        (await KvAsync("forget", id[..5])).IsRefusal("no document", "6 digits");

        Assert.Equal(0, (await KvAsync("forget", id[..12])).ExitCode);
        var forgotten = await KvAsync("forget", "pump.md");
        Assert.True(forgotten.ExitCode == 0, forgotten.Error);
        Assert.StartsWith("Forgotten; ", forgotten.Output, StringComparison.Ordinal);
        Assert.Equal("valve.md", Assert.Single(await ListAsync()).GetProperty("name").GetString());
        Assert.Equal(CachedState.Hit, await AskAsync(Path.Combine(folder, "valve.md")));
        Assert.NotEqual(CachedState.Hit, await AskAsync(Path.Combine(folder, "pump.md")));
    }

    [Fact]
    public async Task What_a_process_uses_is_neither_forgotten_nor_cleared()
    {
        var store = KvBlockStore.Open(new KvStoreOptions { Directory = Store });
        var pump = store.List().Single(d => d.Name == "pump.md");
        var pin = Path.Combine(store.Directory, "pins", pump.Key.ToString());
        using (File.Open(pin, FileMode.OpenOrCreate, FileAccess.Read, FileShare.Read))
        {
            (await KvAsync("forget", "pump.md")).IsRefusal("pump.md is in use");
            var cleared = await KvAsync("clear");
            Assert.Equal(1, cleared.ExitCode);
            Assert.Contains("1 document is in use", cleared.Error, StringComparison.Ordinal);
            Assert.Equal("pump.md", Assert.Single(await ListAsync()).GetProperty("name").GetString());
            Assert.Contains("in use by a running process", (await KvAsync("prune", "--max-bytes", "0")).Error, StringComparison.Ordinal);
        }

        var all = await KvAsync("clear");
        Assert.True(all.ExitCode == 0, all.Error);
        Assert.EndsWith(" freed.", all.Output.Trim(), StringComparison.Ordinal);
        Assert.Empty(await ListAsync());
        Assert.Empty(Directory.EnumerateFiles(Store, "*.kv", SearchOption.AllDirectories));
    }

    [Theory]
    [InlineData("list")]
    [InlineData("verify")]
    [InlineData("prune", "--max-bytes", "0")]
    [InlineData("forget", "pump.md")]
    [InlineData("clear")]
    public async Task What_is_no_store_is_refused_and_stays_as_it_is(params string[] command)
    {
        var none = Path.Combine(folder, "nothing");
        (await CommandLine.RunAsync(["kv", .. command, "--kv", none])).IsRefusal("no KV store", none, "--kv");
        Assert.False(Directory.Exists(none));

        var papers = Directory.CreateDirectory(Path.Combine(folder, "papers")).FullName;
        var paper = Path.Combine(papers, "a.txt");
        await File.WriteAllTextAsync(paper, "Not yours.", TestContext.Current.CancellationToken);
        (await CommandLine.RunAsync(["kv", .. command, "--kv", papers])).IsRefusal("no KV store", papers);
        (await CommandLine.RunAsync(["kv", .. command, "--kv", paper])).IsRefusal("no KV store", paper);
        Assert.Equal([paper], Directory.EnumerateFileSystemEntries(papers));
    }

    private async Task<CachedState> AskAsync(string file)
    {
        // Tiny models are read about as fast as they are restored; these tests are not about that choice.
        foreach (var rates in Directory.Exists(Store) ? Directory.GetFiles(Store, "rates.json", SearchOption.AllDirectories) : [])
        {
            File.Delete(rates);
        }

        var run = await CommandLine.RunAsync("ask", file, "-q", "Which?", "--model", CommandLine.Tiny("llama"), "--kv", Store, "--max-tokens", "1", "--chunk", "64", "--json");
        Assert.True(run.ExitCode == 0, run.Error);
        using var json = JsonDocument.Parse(run.Output);
        return Enum.Parse<CachedState>(json.RootElement.GetProperty("cache").GetProperty("state").GetString()!, ignoreCase: true);
    }

    private Task<CommandOutput> KvAsync(params string[] arguments) => CommandLine.RunAsync(["kv", .. arguments, "--kv", Store]);

    private Task<CommandOutput> VerifyAsync(params string[] arguments) => KvAsync(["verify", "--model", CommandLine.Tiny("llama"), .. arguments]);

    private async Task<List<JsonElement>> ListAsync()
    {
        var run = await KvAsync("list", "--json");
        Assert.True(run.ExitCode == 0, run.Error);
        using var json = JsonDocument.Parse(run.Output);
        Assert.StartsWith(Store, json.RootElement.GetProperty("directory").GetString(), StringComparison.Ordinal);
        return [.. json.RootElement.GetProperty("documents").EnumerateArray().Select(d => d.Clone())];
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    private static string Words(string word, int count) => string.Join(' ', Enumerable.Range(0, count).Select(i => $"{word} {i}"));

    private enum CachedState
    {
        Miss,
        Partial,
        Hit,
    }
}
