using System.Text.Json;

namespace Pipeline.Cli.Tests.Kv;

public sealed class KvBenchCommandTests : IDisposable
{
    private readonly string folder = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, $"kv-bench-{Path.GetRandomFileName()}")).FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task Every_tier_is_measured_for_what_it_serves()
    {
        var run = await BenchAsync("--tokens", "300", "--repeats", "2", "--threads", "1", "--json");

        Assert.True(run.ExitCode == 0, run.Error);
        using var json = JsonDocument.Parse(run.Output);
        var root = json.RootElement;
        Assert.Equal("llama-16k", root.GetProperty("model").GetString());
        Assert.Equal((300, 2), (root.GetProperty("tokens").GetInt32(), root.GetProperty("medianOf").GetInt32()));
        var perToken = root.GetProperty("memoryBytesPerToken").GetInt64();
        Assert.True(perToken > 0);

        // Five records of 64 tokens' slabs and their headers for 300 tokens.
        Assert.InRange(root.GetProperty("diskBytesPerToken").GetDouble(), perToken * 320.0 / 300, (perToken * 320.0 / 300) + (5 * 8192 / 300.0));
        Assert.True(double.IsFinite(root.GetProperty("commitOverheadPercent").GetDouble()));
        var tiers = root.GetProperty("tiers").EnumerateArray().ToDictionary(
            t => t.GetProperty("tier").GetString()!,
            t => (Reused: t.GetProperty("tokensReused").GetInt32(), Computed: t.GetProperty("tokensComputed").GetInt32()));
        Assert.Equal((0, 300), tiers["cold, no store"]);
        Assert.Equal((300, 0), tiers["memory"]);
        Assert.Equal((300, 0), tiers["disk, warm page cache"]);
        Assert.Equal((128, 172), tiers["disk, half of it; the rest is read"]);
        var notes = root.GetProperty("notes").EnumerateArray().Select(n => n.GetString()!).ToArray();
        if (tiers.TryGetValue("disk, page cache dropped", out var dropped))
        {
            Assert.Equal((300, 0), dropped);
            Assert.Empty(notes);
        }
        else
        {
            Assert.Contains("page cache dropped", Assert.Single(notes), StringComparison.Ordinal);
        }

        Assert.All(root.GetProperty("tiers").EnumerateArray(), t => Assert.InRange(
            t.GetProperty("firstTokenSeconds").GetDouble(), Math.Max(1e-4, t.GetProperty("documentSeconds").GetDouble()), 300));
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder));
    }

    [Fact]
    public async Task The_table_has_a_row_a_tier()
    {
        var run = await BenchAsync("--tokens", "128", "--repeats", "1");

        Assert.True(run.ExitCode == 0, run.Error);
        foreach (var text in (string[])["llama-16k on ", "cold, no store", "memory", "disk, warm", "half of it", "bytes a token in memory", "% longer when it is committed"])
        {
            Assert.Contains(text, run.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task What_cannot_be_measured_is_refused()
    {
        (await BenchAsync("--tokens", "16384")).IsRefusal("--tokens 16384", "16,384", "up to 16,359 do");
        (await BenchAsync("--tokens", "127")).IsRefusal("--tokens", "128");
        (await BenchAsync("--repeats", "0")).IsRefusal("--repeats", "1 to 100");
        (await CommandLine.RunAsync("kv", "bench", "--model", CommandLine.Tiny("llama-16k"), "--on", Path.Combine(folder, "missing"))).IsRefusal("--on", "missing");
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder));
    }

    private Task<CommandOutput> BenchAsync(params string[] arguments) =>
        CommandLine.RunAsync(["kv", "bench", "--model", CommandLine.Tiny("llama-16k"), "--on", folder, .. arguments]);
}
