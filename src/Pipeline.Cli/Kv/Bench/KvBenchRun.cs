using System.Diagnostics;
using Pipeline.Cli.Bench;
using Pipeline.Inference;
using Pipeline.Inference.Engines;
using Pipeline.Inference.Engines.Native;
using Pipeline.Inference.KvStore;
using Pipeline.Models;

namespace Pipeline.Cli.Kv.Bench;

/// <summary>
/// Reads one document again and again in a loaded engine, each time from another tier of a store of its own, and asks a question whose
/// first token ends the time. Readings with and without a store take turns, so that a machine that slows down slows both.
/// </summary>
internal sealed class KvBenchRun : IDisposable
{
    private readonly ModelFolder folder;
    private readonly int[] document;
    private readonly QuestionTokens question;
    private readonly string directory;
    private readonly Action<string> tell;
    private readonly SwitchedPersistence persistence = new();
    private readonly NativeEngine engine;
    private readonly string? noDrop;
    private readonly List<(string Tier, KvBenchReading Reading)> readings = [];
    private readonly List<double> overheads = [];
    private long diskBytes;

    /// <param name="folder">The model.</param>
    /// <param name="tokens">Length of the document.</param>
    /// <param name="threads">Threads; 0 for one a core.</param>
    /// <param name="parent">Where the store is made.</param>
    /// <param name="tell">Told of each reading.</param>
    internal KvBenchRun(ModelFolder folder, int tokens, int threads, string parent, Action<string> tell)
    {
        this.folder = folder;
        this.tell = tell;
        document = BenchTokens.Document(tokens, folder.Config.VocabSize);
        question = new QuestionTokens(BenchTokens.Question(0, folder.Config.VocabSize));
        engine = NativeEngine.Load(folder, new NativeEngineOptions { Threads = threads == 0 ? Environment.ProcessorCount : threads, Persistence = persistence });
        directory = Directory.CreateDirectory(Path.Combine(Path.GetFullPath(parent), $"pipeline-kv-bench-{Path.GetRandomFileName()}")).FullName;
        noDrop = PageCache.WhyNotDropped(directory);
    }

    internal KvBenchReport Measure(int repeats, string device, CancellationToken cancellation)
    {
        Read(null, document[..64], cancellation); // warms up
        for (var round = 1; round <= repeats; round++)
        {
            tell($"Round {round} of {repeats}.");
            Round(withStoreFirst: round % 2 == 0, Path.Combine(directory, $"{round}"), cancellation);
        }

        var cold = Median(KvBenchTier.Cold, r => r.FirstTokenSeconds);
        return new KvBenchReport(
            folder.Name,
            device,
            document.Length,
            repeats,
            engine.Pool.BytesPerToken,
            Math.Round((double)diskBytes / document.Length, 1),
            Math.Round(BenchRun.Median(overheads) * 100, 2),
            [.. KvBenchTier.All.Where(tier => readings.Exists(r => r.Tier == tier)).Select(tier => Row(tier, cold))],
            noDrop is null ? [] : [$"Not measured: {KvBenchTier.DiskDropped}, since {noDrop}."]);
    }

    public void Dispose()
    {
        engine.Dispose();
        Directory.Delete(directory, recursive: true);
    }

    private void Round(bool withStoreFirst, string path, CancellationToken cancellation)
    {
        var cold = withStoreFirst ? default : Read(null, document, cancellation);
        var keptSeconds = ReadIntoStore(path, cancellation);
        cold = withStoreFirst ? Read(null, document, cancellation) : cold;
        overheads.Add((keptSeconds / cold.DocumentSeconds) - 1);
        Note(KvBenchTier.Cold, cold);
        diskBytes = Open(path).Bytes;
        Note(KvBenchTier.DiskWarm, Restored(path, CacheState.Hit, cancellation));
        if (noDrop is null)
        {
            PageCache.Drop(path);
            Note(KvBenchTier.DiskDropped, Restored(path, CacheState.Hit, cancellation));
        }

        Open(path).Prune(diskBytes / 2);
        Note(KvBenchTier.Resumed, Restored(path, CacheState.Partial, cancellation));
        Directory.Delete(path, recursive: true);
    }

    /// <summary>Reads the document from an empty store, then from memory; returns the seconds until all was committed.</summary>
    private double ReadIntoStore(string path, CancellationToken cancellation)
    {
        using var kept = Keep(path, memoryBytes: engine.Pool.BytesPerToken * (document.Length + 64L));
        var seconds = 0.0;
        var start = Stopwatch.GetTimestamp();
        Require(CacheState.Miss, Read(kept, document, cancellation, afterDocument: () =>
        {
            kept.Flush();
            seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        }));
        var shared = Read(kept, document, cancellation);
        Require(CacheState.Hit, shared);
        Note(KvBenchTier.Memory, shared);
        return seconds;
    }

    private KvBenchReading Restored(string path, CacheState expected, CancellationToken cancellation)
    {
        using var kept = Keep(path, memoryBytes: 0);
        var reading = Read(kept, document, cancellation);
        Require(expected, reading);
        return reading;
    }

    private KvBenchReading Read(KvPersistence? kept, int[] tokens, CancellationToken cancellation, Action? afterDocument = null)
    {
        persistence.Current = kept;
        var start = Stopwatch.GetTimestamp();
        using var session = engine.Read(tokens, new ReadOptions(), null, cancellation);
        var read = Stopwatch.GetElapsedTime(start);
        afterDocument?.Invoke();
        session.Answer([question], new GenerationOptions { MaxTokens = 1 }, null, cancellation);
        return new KvBenchReading(session.Report.Cache, session.Report.ReusedTokens, session.Report.ComputedTokens, read.TotalSeconds, Stopwatch.GetElapsedTime(start).TotalSeconds);
    }

    private void Note(string tier, KvBenchReading reading)
    {
        readings.Add((tier, reading));
        tell($"  {tier}: {reading.FirstTokenSeconds:F2} s");
    }

    // What is measured must be what the row says; a store that failed would measure computing.
    private static void Require(CacheState expected, KvBenchReading reading)
    {
        if (reading.Cache != expected)
        {
            throw new CommandFailure($"The store served a {reading.Cache} where a {expected} was to be measured; see the notes above.");
        }
    }

    private static KvBlockStore Open(string path) =>
        KvBlockStore.Open(new KvStoreOptions { Directory = path, OnWarning = KvLocation.Note, MaxBytes = long.MaxValue });

    private KvPersistence Keep(string path, long memoryBytes) => new(Open(path), folder, new KvPersistenceOptions
    {
        Engine = engine.Name,
        MemoryBytes = memoryBytes,
        AlwaysRestore = true,
        OnWarning = KvLocation.Note,
    });

    private KvBenchTier Row(string tier, double cold)
    {
        var first = readings.Find(r => r.Tier == tier).Reading;
        var seconds = Median(tier, r => r.FirstTokenSeconds);
        return new KvBenchTier(
            tier, first.TokensReused, first.TokensComputed, Math.Round(Median(tier, r => r.DocumentSeconds), 4), Math.Round(seconds, 4), Math.Round(cold / seconds, 2));
    }

    private double Median(string tier, Func<KvBenchReading, double> of) =>
        BenchRun.Median(readings.Where(r => r.Tier == tier).Select(r => of(r.Reading)));
}
