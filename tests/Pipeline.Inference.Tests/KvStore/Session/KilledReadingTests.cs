using System.Diagnostics;
using System.Globalization;
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

    private static bool IsLong => Environment.GetEnvironmentVariable("PIPELINE_LONG_TESTS") == "1";

    public void Dispose() => directory.Delete(recursive: true);

    [Fact]
    public void Killed_before_any_file_change()
    {
        var tokens = RestoredReading.Tokens(Model, Tokens, Seed);
        var cold = RestoredReading.Of(Model, null, tokens);
        var (steps, _) = Read(NewStore());
        Assert.InRange(steps, 30, 1000);

        // All in the long campaign, else the commit in the middle and a sample of the others.
        for (var step = 0; step < steps; step += IsLong ? 1 : 9)
        {
            AssertGoesOn(cold, tokens, $"step {step} of {steps}", store =>
            {
                var (done, read) = Read(store, killAt: step);
                Assert.Equal(-1, done);
                return read;
            });
        }
    }

    [Fact]
    public void Killed_at_random_moments()
    {
        var tokens = RestoredReading.Tokens(Model, Tokens, Seed);
        var cold = RestoredReading.Of(Model, null, tokens);
        var random = new Random(11);
        for (var i = 0; i < (IsLong ? 20 : 4); i++)
        {
            var delay = random.Next(60);
            AssertGoesOn(cold, tokens, $"{delay} ms after the first chunk", store => Read(store, killAfter: TimeSpan.FromMilliseconds(delay)).TokensRead);
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

    /// <summary>Reads the document in a process of its own; returns its file changes, or -1 when it was killed, and the tokens it had read.</summary>
    private static (int Steps, int TokensRead) Read(string store, int? killAt = null, TimeSpan? killAfter = null)
    {
        // The reader's assembly is copied beside the tests'.
        var start = new ProcessStartInfo("dotnet") { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Pipeline.Inference.KvReader.dll"));
        foreach (var argument in (object[])[Model, store, Tokens, Seed, Chunk])
        {
            start.ArgumentList.Add(string.Create(CultureInfo.InvariantCulture, $"{argument}"));
        }

        if (killAt is { } step)
        {
            start.ArgumentList.Add(step.ToString(CultureInfo.InvariantCulture));
        }

        using var process = Process.Start(start)!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        var (steps, read) = (-1, 0);
        while (process.StandardOutput.ReadLine() is { } line)
        {
            var parts = line.Split(' ');
            var value = int.Parse(parts[1], CultureInfo.InvariantCulture);
            (steps, read) = parts[0] == "done" ? (value, read) : (steps, value);
            if (killAfter is { } delay && read >= Chunk)
            {
                killAfter = null;
                CancellationToken.None.WaitHandle.WaitOne(delay);
                process.Kill();
            }
        }

        process.WaitForExit();
        return (steps, read);
    }

    private string NewStore() => Path.Combine(directory.FullName, $"{stores++}");

    private static KvBlockStore Open(string path) => KvBlockStore.Open(new KvStoreOptions { Directory = path });
}
