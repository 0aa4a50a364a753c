using Pipeline.Documents.Protocol;

namespace Pipeline.Documents;

/// <summary>Limits and settings of extraction. Everything that comes from outside is bounded by one of these.</summary>
public sealed class ExtractionOptions
{
    private const long MiB = 1024 * 1024;

    /// <summary>Bytes of a file.</summary>
    /// <value>256 MiB; up to 1 GiB</value>
    public long MaxInputBytes { get; set; } = 256 * MiB;

    /// <summary>UTF-16 code units of text that a document may give, its children included.</summary>
    /// <value>50 million; up to 500 million</value>
    public int MaxTextCharacters { get; set; } = 50_000_000;

    /// <summary>Bytes that all compressed parts of a file inflate to.</summary>
    /// <value>512 MiB; up to 16 GiB</value>
    public long MaxInflatedBytes { get; set; } = 512 * MiB;

    /// <summary>Inflated bytes to each byte of the file, looked at after the first 16 mebibytes.</summary>
    /// <value>200; from 10 to 2,000</value>
    public int MaxInflationRatio { get; set; } = 200;

    /// <summary>Depth of nested elements, arrays or parts.</summary>
    /// <value>256; from 16 to 2,000</value>
    public int MaxNestingDepth { get; set; } = 256;

    /// <summary>Entries of an archive or package.</summary>
    /// <value>10,000; up to 100,000</value>
    public int MaxEntries { get; set; } = 10_000;

    /// <summary>Pages of a document.</summary>
    /// <value>20,000; up to 100,000</value>
    public int MaxPages { get; set; } = 20_000;

    /// <summary>Wall-clock time for a document, OCR not counted.</summary>
    /// <value>2 minutes; from 100 milliseconds to 1 hour</value>
    public TimeSpan TimeLimit { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Resident memory of one parser process. Its managed heap may take four fifths of it.</summary>
    /// <value>2 GiB; from 128 MiB</value>
    public long MemoryLimitBytes { get; set; } = 2048 * MiB;

    /// <summary>Parser processes that run at the same time; each is started when it is first needed.</summary>
    /// <value>The number of processors, 4 at most; up to 64</value>
    public int MaxProcesses { get; set; } = Math.Min(4, Environment.ProcessorCount);

    /// <summary>Documents after which a parser process is replaced.</summary>
    /// <value>100; from 1</value>
    public int DocumentsPerProcess { get; set; } = 100;

    /// <summary>OCR of pages without text.</summary>
    public OcrOptions Ocr { get; set; } = new();

    internal void Validate()
    {
        Require.Between(MaxInputBytes, 1, 1024 * MiB, nameof(MaxInputBytes));
        Require.Between(MaxTextCharacters, 1, 500_000_000, nameof(MaxTextCharacters));
        Require.Between(MaxInflatedBytes, MiB, 16 * 1024 * MiB, nameof(MaxInflatedBytes));
        Require.Between(MaxInflationRatio, 10, 2_000, nameof(MaxInflationRatio));
        Require.Between(MaxNestingDepth, 16, 2_000, nameof(MaxNestingDepth));
        Require.Between(MaxEntries, 1, 100_000, nameof(MaxEntries));
        Require.Between(MaxPages, 1, 100_000, nameof(MaxPages));
        Require.Between(TimeLimit, TimeSpan.FromMilliseconds(100), TimeSpan.FromHours(1), nameof(TimeLimit));
        Require.Between(MemoryLimitBytes, 128 * MiB, 1024 * 1024 * MiB, nameof(MemoryLimitBytes));
        Require.Between(MaxProcesses, 1, 64, nameof(MaxProcesses));
        Require.Between(DocumentsPerProcess, 1, int.MaxValue, nameof(DocumentsPerProcess));
        Ocr.Validate();
    }

    internal ExtractionLimits Limits() =>
        new(MaxInputBytes, MaxTextCharacters, MaxInflatedBytes, MaxInflationRatio, MaxNestingDepth, MaxEntries, MaxPages);
}
