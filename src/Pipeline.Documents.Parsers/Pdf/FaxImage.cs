using System.Buffers.Binary;
using UglyToad.PdfPig.Content;
using UglyToad.PdfPig.Tokens;

namespace Pipeline.Documents.Parsers.Pdf;

/// <summary>Wraps the bytes of a CCITT fax image (ISO 32000-1, 7.4.6) in a TIFF file (TIFF 6.0, sections 8 and 11).</summary>
internal static class FaxImage
{
    private const int HeaderBytes = 8;
    private const int EntryBytes = 12;
    private const ushort Short = 3;
    private const ushort Long = 4;

    public static byte[] ToTiff(IPdfImage image)
    {
        var parameters = Parameters(image);
        var group4 = Number(parameters, "K", 0) < 0;
        var blackIsOne = parameters is not null && parameters.TryGet(NameToken.Create("BlackIs1"), out var flag) && flag is BooleanToken { Data: true };
        var data = image.RawBytes;
        (ushort Tag, ushort Type, uint Value)[] entries =
        [
            (256, Long, (uint)Number(parameters, "Columns", image.WidthInSamples)),
            (257, Long, (uint)image.HeightInSamples),
            (258, Short, 1),
            (259, Short, group4 ? 4u : 3u),
            (262, Short, blackIsOne ? 1u : 0u),
            (273, Long, 0),
            (277, Short, 1),
            (278, Long, (uint)image.HeightInSamples),
            (279, Long, (uint)data.Length),
        ];
        var start = HeaderBytes + 2 + (entries.Length * EntryBytes) + 4;
        var file = new byte[start + data.Length];
        "II*\0"u8.CopyTo(file);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(4), HeaderBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(HeaderBytes), (ushort)entries.Length);
        for (var i = 0; i < entries.Length; i++)
        {
            const ushort stripOffsets = 273;
            var entry = file.AsSpan(HeaderBytes + 2 + (i * EntryBytes), EntryBytes);
            BinaryPrimitives.WriteUInt16LittleEndian(entry, entries[i].Tag);
            BinaryPrimitives.WriteUInt16LittleEndian(entry[2..], entries[i].Type);
            BinaryPrimitives.WriteUInt32LittleEndian(entry[4..], 1);
            BinaryPrimitives.WriteUInt32LittleEndian(entry[8..], entries[i].Tag == stripOffsets ? (uint)start : entries[i].Value);
        }

        data.CopyTo(file.AsSpan(start));
        return file;
    }

    private static DictionaryToken? Parameters(IPdfImage image)
    {
        if (!image.ImageDictionary.TryGet(NameToken.DecodeParms, out var token))
        {
            return null;
        }

        return token switch
        {
            DictionaryToken dictionary => dictionary,
            ArrayToken { Length: > 0 } array => array[0] as DictionaryToken,
            _ => null,
        };
    }

    private static int Number(DictionaryToken? parameters, string name, int otherwise) =>
        parameters is not null && parameters.TryGet(NameToken.Create(name), out var token) && token is NumericToken number ? number.Int : otherwise;
}
