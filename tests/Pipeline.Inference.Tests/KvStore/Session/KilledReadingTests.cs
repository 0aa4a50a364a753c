using Pipeline.Inference.Engines;
using Pipeline.Inference.KvStore;

namespace Pipeline.Inference.Tests.KvStore.Session;

/// <summary>
/// A process of its own reads a document and is killed (SIGKILL) before each file change of its commits, and at random moments. The next
/// reading goes on from the last commit and ends in the bits of an undisturbed one.
/// </summary>
public sealed class KilledReadingTests : IDisposable
{
    private const int Tokens = 1100;
    private const int Chunk = 256;
    private const int Seed = 7;
    private static readonly string Model = TestModels.Tiny("llama-16k");
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("pipeline-kv-killed-");
    private int stores;

    public void Dispose() => directory.Delete(recursive: true);

    [Fact]
    public void Killed_before_any_file_change()
    {
        var tokens = RestoredReading.Tokens(Model, Tokens, Seed);
        var cold = RestoredReading.Of(Model, null, tokens);
        using var undisturbed = Reader(NewStore());
        undisturbed.Wait();
        Assert.InRange(undisturbed.Steps, 30, 1000);

        // All in the long campaign, else a sample.
        for (var step = 0; step < undisturbed.Steps; step += TestModels.LongTests ? 1 : Math.Max(1, undisturbed.Steps / 12))
        {
            var at = step;
            AssertGoesOn(cold, tokens, $"step {step} of {undisturbed.Steps}", store =>
            {
                using var reader = Reader(store, killAt: at);
                reader.Wait();
                Assert.Equal(-1, reader.Steps);
                return reader.TokensRead;
            });
        }
    }

    [Fact]
    public void Killed_at_random_moments()
    {
        var tokens = RestoredReading.Tokens(Model, Tokens, Seed);
        var cold = RestoredReading.Of(Model, null, tokens);
        var random = new Random(11);
        for (var i = 0; i < (TestModels.LongTests ? 20 : 4); i++)
        {
            var delay = random.Next(60);
            AssertGoesOn(cold, tokens, $"{delay} ms after the first chunk", store =>
            {
                using var reader = Reader(store);
                reader.Wait(killAfter: TimeSpan.FromMilliseconds(delay));
                return reader.TokensRead;
            });
        }
    }

    [Fact]
    public void Three_processes_read_one_document_and_another_at_once()
    {
        var path = NewStore();
        using var one = Reader(path);
        using var same = Reader(path);
        using var other = Reader(path, seed: 8);
        Array.ForEach([one, same, other], reader => reader.Wait());

        Assert.All([one, same, other], reader => Assert.True(reader.Steps >= 0 && reader.TokensRead == Tokens, $"{reader.Steps} steps, {reader.TokensRead} tokens"));
        foreach (var seed in (int[])[Seed, 8])
        {
            var tokens = RestoredReading.Tokens(Model, Tokens, seed);
            var restored = RestoredReading.Of(Model, Open(path), tokens);
            Assert.Equal((CacheState.Hit, 0), (restored.Report.Cache, restored.Report.ComputedTokens));
            RestoredReading.Of(Model, null, tokens).AssertSameBitsAs(restored);
        }
    }

    private void AssertGoesOn(RestoredReading cold, int[] tokens, string what, Func<string, int> readAndDie)
    {
        var path = NewStore();
        var read = readAndDie(path);

        // A page cache is no KV hit: another document of the same length has nothing to go on from.
        var other = RestoredReading.Of(Model, Open(path), RestoredReading.Tokens(Model, Tokens, seed: 8));
        Assert.Equal((CacheState.Miss, Tokens), (other.Report.Cache, other.Report.ComputedTokens));

        var resumed = RestoredReading.Of(Model, Open(path), tokens, Chunk);
        cold.AssertSameBitsAs(resumed);
        Assert.Equal(Tokens, resumed.Report.ComputedTokens + resumed.Report.ReusedTokens);
        Assert.True(read - resumed.Report.ReusedTokens <= Chunk + 64, $"{what}: {read} tokens were read and {resumed.Report.ReusedTokens} of them kept");
        Assert.Equal(CacheState.Hit, RestoredReading.Of(Model, Open(path), tokens).Report.Cache);
    }

    private static ReaderProcess Reader(string store, int seed = Seed, int? killAt = null) => new(Model, store, Tokens, seed, Chunk, killAt);

    private string NewStore() => Path.Combine(directory.FullName, $"{stores++}");

    private static KvBlockStore Open(string path) => KvBlockStore.Open(new KvStoreOptions { Directory = path });
}
