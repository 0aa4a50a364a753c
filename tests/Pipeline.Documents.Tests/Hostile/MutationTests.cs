using System.Diagnostics;
using System.Globalization;
using Pipeline.Documents.Tests.Corpora;

namespace Pipeline.Documents.Tests.Hostile;

/// <summary>
/// Mutated files of every format: each ends in an outcome within the time limit, and the parent stays within its memory.
/// <c>PIPELINE_LONG_TESTS=1</c> runs 2,000 files, another number so many; <c>PIPELINE_FIRST_SEED</c> says where to begin.
/// </summary>
public sealed class MutationTests(ITestOutputHelper output)
{
    private const int Few = 150;
    private const int Many = 2_000;
    private const int LargestFile = 400_000;
    private const long ParentMemory = 512L * 1024 * 1024;

    private static readonly TimeSpan TimeLimit = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task Every_mutated_file_ends_in_an_outcome_and_leaves_the_parent_alone()
    {
        var files = ManifestEntry.All.Select(entry => (entry.File, Bytes: Corpus.Bytes(entry.File)))
            .Where(file => file.Bytes.Length is > 0 and < LargestFile)
            .ToArray();
        var options = new ExtractionOptions { TimeLimit = TimeLimit, MemoryLimitBytes = 1024L * 1024 * 1024, Ocr = new OcrOptions { Enabled = false } };
        await using var extractor = new DocumentExtractor(options);
        var outcomes = new Dictionary<ExtractionOutcome, int>();
        var slowest = (Seed: 0, Time: TimeSpan.Zero);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var largest = 0L;
        var (first, count) = (Number("PIPELINE_FIRST_SEED") ?? 0, Count());
        for (var seed = first; seed < first + count; seed++)
        {
            var random = new Random(seed);
            var (name, original) = files[random.Next(files.Length)];
            var mutated = Mutation.Apply(original, files[random.Next(files.Length)].Bytes, random);
            var started = Stopwatch.GetTimestamp();
            var document = await extractor.ExtractAsync(new MemoryStream(mutated), name);
            var time = Stopwatch.GetElapsedTime(started);

            outcomes[document.Outcome] = outcomes.GetValueOrDefault(document.Outcome) + 1;
            if (document.Outcome is ExtractionOutcome.Crashed or ExtractionOutcome.TimedOut)
            {
                output.WriteLine($"seed {seed}, {name}: {document.Outcome.Name()}: {document.Problem!.Detail}");
            }

            DocumentAssert.Consistent(document);
            Assert.True(time < TimeLimit + TimeSpan.FromSeconds(10), $"seed {seed}, {name}: {time}");
            slowest = time > slowest.Time ? (seed, time) : slowest;
            largest = Math.Max(largest, GC.GetTotalMemory(forceFullCollection: false) - before);
        }

        using var parent = Process.GetCurrentProcess();
        output.WriteLine($"{count} files from seed {first}: {string.Join(", ", outcomes.Select(pair => $"{pair.Value} {pair.Key.Name()}"))}; slowest seed {slowest.Seed} {slowest.Time.TotalSeconds:0.0} s; "
            + $"{extractor.Pool.Started} processes; parent's heap grew by {largest / 1048576} MiB at most, its peak resident size is {parent.PeakWorkingSet64 / 1048576} MiB.");
        Assert.True(largest < ParentMemory, $"the parent's heap grew by {largest} bytes");
    }

    private static int Count() => Number("PIPELINE_LONG_TESTS") switch
    {
        null => Few,
        1 => Many,
        { } number => number,
    };

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
