using Pipeline.Documents.Parsers.Ocr;
using UglyToad.PdfPig.Content;
using UglyToad.PdfPig.Tokens;

namespace Pipeline.Documents.Parsers.Pdf;

/// <summary>The images that make up a scanned page, as files that tesseract reads.</summary>
internal static class PdfPageImages
{
    /// <summary>Share of the page below which an image is a logo or a line.</summary>
    private const double SmallestShare = 0.03;

    private const int MostImages = 32;

    /// <summary>A page of A3 at 600 dots per inch has 70 million.</summary>
    private const long MostPixels = 150_000_000;

    private const double PointsPerInch = 72;

    /// <summary>From top to bottom.</summary>
    /// <exception cref="OcrFailure">No image can be used; the message says why.</exception>
    public static List<OcrImage> Read(Page page)
    {
        var whole = page.Width * page.Height;
        var images = page.GetImages()
            .Where(image => image.BoundingBox.Width * image.BoundingBox.Height >= SmallestShare * whole)
            .OrderByDescending(image => image.BoundingBox.Top)
            .Take(MostImages)
            .ToList();
        if (images.Count == 0)
        {
            throw new OcrFailure("the page has only small images");
        }

        return images.ConvertAll(image => Convert(image, page));
    }

    private static OcrImage Convert(IPdfImage image, Page page)
    {
        if ((long)image.WidthInSamples * image.HeightInSamples > MostPixels)
        {
            throw new OcrFailure($"the page's image of {image.WidthInSamples} x {image.HeightInSamples} pixels is too large for OCR");
        }

        // A turned image is as wide as it is shown high.
        var turned = page.Rotation.Value % 180 != 0;
        var shown = turned ? image.BoundingBox.Height : image.BoundingBox.Width;
        var dpi = shown > 1 ? (int)Math.Clamp(image.WidthInSamples * PointsPerInch / shown, 70, 1200) : 300;
        return new(Bytes(image), dpi, page.Rotation.Value != 0);
    }

    private static byte[] Bytes(IPdfImage image)
    {
        var filter = FilterOf(image);
        switch (filter)
        {
            case "DCTDecode" or "DCT" or "JPXDecode":
                return image.RawBytes.ToArray();
            case "CCITTFaxDecode" or "CCF":
                return FaxImage.ToTiff(image);
            case "JBIG2Decode":
                throw new OcrFailure("the page's image is JBIG2, which tesseract does not read");
            default:
                return image.TryGetPng(out var png) && png is { Length: > 0 }
                    ? png
                    : throw new OcrFailure($"the page's image ({filter ?? "no filter"}, {image.BitsPerComponent} bits) cannot be converted");
        }
    }

    /// <summary>The last filter decides what the raw bytes are; null where samples are not compressed.</summary>
    private static string? FilterOf(IPdfImage image)
    {
        if (!image.ImageDictionary.TryGet(NameToken.Filter, out var token) && !image.ImageDictionary.TryGet(NameToken.F, out token))
        {
            return null;
        }

        return token switch
        {
            NameToken name => name.Data,
            ArrayToken { Length: 1 } array when array[0] is NameToken only => only.Data,
            ArrayToken => "several filters",
            _ => null,
        };
    }
}
