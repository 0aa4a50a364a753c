using DocumentFormat.OpenXml.Packaging;
using DocumentFormat.OpenXml.Presentation;
using Pipeline.Documents.Parsers.Building;
using Pipeline.Documents.Parsers.Limits;

namespace Pipeline.Documents.Parsers.Slides;

/// <summary>PPTX: slides in the order of the presentation, one page each, with their speaker notes.</summary>
internal sealed class SlidesParser : IFormatParser
{
    public Tool Tool => Tool.Of(typeof(PresentationDocument));

    public void Parse(DocumentSource source, ParseContext context, DocumentBuilder builder)
    {
        ZipContents.CheckPackage(source.Bytes, context);
        using var stream = new MemoryStream(source.Bytes, writable: false);
        using var document = PresentationDocument.Open(stream, isEditable: false, new OpenSettings { AutoSave = false });
        var presentation = document.PresentationPart ?? throw ParseRefusal.Corrupt("The package has no presentation.");
        var slides = presentation.Presentation?.SlideIdList?.Elements<SlideId>().ToList() ?? [];
        if (slides.Count > context.Limits.Pages)
        {
            throw ParseRefusal.TooLarge($"The presentation has {slides.Count:N0} slides; {context.Limits.Pages:N0} are allowed.");
        }

        foreach (var slide in slides)
        {
            var part = slide.RelationshipId?.Value is { } id && presentation.TryGetPartById(id, out var found) ? found as SlidePart : null;
            AddSlide(part, builder);
        }
    }

    private static void AddSlide(SlidePart? part, DocumentBuilder builder)
    {
        var isHidden = part?.Slide?.Show?.Value == false;
        builder.StartPage(isHidden ? "hidden" : null);
        if (part?.Slide?.CommonSlideData?.ShapeTree is not { } shapes)
        {
            builder.EndPage(PageOutcome.Failed, "The slide's part is missing or has no shapes.");
            return;
        }

        new SlideWalker(builder, part).Add(shapes);
        if (part.NotesSlidePart?.NotesSlide?.CommonSlideData?.ShapeTree is { } notes)
        {
            new SlideWalker(builder, part.NotesSlidePart).AddNotes(notes);
        }

        builder.EndPage(builder.PageHasText ? PageOutcome.Ok : PageOutcome.Empty);
    }
}
