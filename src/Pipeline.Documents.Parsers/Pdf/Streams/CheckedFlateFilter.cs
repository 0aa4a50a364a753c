using System.Buffers;
using System.Buffers.Binary;
using System.IO.Compression;
using Pipeline.Documents.Parsers.Limits;
using UglyToad.PdfPig.Filters;
using UglyToad.PdfPig.Tokens;

namespace Pipeline.Documents.Parsers.Pdf.Streams;

/// <summary>
/// Inflates a stream once with an eye on the limits before the library's filter does, and records streams that are damaged or cut short:
/// the library gives what it could read, or even the compressed bytes, without a word.
/// </summary>
internal sealed class CheckedFlateFilter(InflationBudget budget, StreamFaults faults) : IFilter
{
    private const int ZlibHeaderBytes = 2;

    /// <summary>Writers leave line ends after the data, so the checksum need not be the very last bytes.</summary>
    private const int TrailingBytes = 8;

    private readonly FlateFilter inner = new();

    public bool IsSupported => true;

    public Memory<byte> Decode(Memory<byte> input, DictionaryToken streamDictionary, IFilterProvider filterProvider, int filterIndex)
    {
        return IsSound(input) ? inner.Decode(input, streamDictionary, filterProvider, filterIndex) : Memory<byte>.Empty;
    }

    private bool IsSound(ReadOnlyMemory<byte> input)
    {
        if (input.Length <= ZlibHeaderBytes)
        {
            return true;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        var checksum = new Adler32();
        var inflated = 0L;
        try
        {
            using var source = new MemoryStream(input[ZlibHeaderBytes..].ToArray(), writable: false);
            using var deflate = new DeflateStream(source, CompressionMode.Decompress);
            int read;
            while ((read = deflate.Read(buffer)) > 0)
            {
                budget.Add(read);
                inflated += read;
                checksum.Append(buffer.AsSpan(0, read));
            }
        }
        catch (ParseRefusal refusal)
        {
            faults.Refuse(refusal);
            return false;
        }
        catch (InvalidDataException)
        {
            faults.Add("a compressed stream is damaged");
            return inflated > 0;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        if (!EndsWith(input.Span, checksum.Value))
        {
            faults.Add("a compressed stream is cut short or damaged (its checksum is missing)");
        }

        return true;
    }

    private static bool EndsWith(ReadOnlySpan<byte> input, uint checksum)
    {
        Span<byte> expected = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(expected, checksum);
        return input[Math.Max(0, input.Length - sizeof(uint) - TrailingBytes)..].IndexOf(expected) >= 0;
    }
}
