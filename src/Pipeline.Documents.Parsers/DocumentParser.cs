using Pipeline.Documents.Parsers.Building;
using Pipeline.Documents.Parsers.Sniffing;

namespace Pipeline.Documents.Parsers;

/// <summary>Bytes to document: finds the format in the content, runs its parser, and turns whatever happens into an outcome.</summary>
internal static class DocumentParser
{
    private static readonly Tool NoTool = Tool.Of(typeof(DocumentParser));

    public static ExtractedDocument Parse(DocumentSource source, ParseContext context)
    {
        var found = source.ClaimedMediaType ?? MediaTypes.Unknown;
        var builder = new DocumentBuilder(context.Text);
        var tool = NoTool;
        try
        {
            if (source.Bytes.Length == 0)
            {
                throw new ParseRefusal(ExtractionOutcome.Empty, "The file has no bytes.");
            }

            context.Inflation.AddFile(source.Bytes.Length);
            found = ContentSniffer.Find(source, context);
            if (source.ClaimedMediaType is { } claimed && !string.Equals(claimed, found, StringComparison.Ordinal))
            {
                builder.Warn($"The file claims to be {claimed}, its content is {found}.");
            }

            var parser = FormatParsers.For(found, source);
            tool = parser.Tool;
            parser.Parse(source, context, builder);
            var built = builder.Build();
            var (outcome, detail) = built.Judge(context.OcrAdvice);
            return Document(source, found, tool, built, outcome, detail);
        }
        catch (ParseRefusal refusal)
        {
            return Document(source, found, tool, Nothing(builder), refusal.Outcome, refusal.Message);
        }
        catch (OutOfMemoryException)
        {
            return Document(source, found, tool, Nothing(builder), ExtractionOutcome.TooLarge, "Parsing the document takes more memory than allowed. Raise MemoryLimitBytes if the file is trusted.");
        }
        catch (InsufficientExecutionStackException)
        {
            return Document(source, found, tool, Nothing(builder), ExtractionOutcome.TooLarge, "The document nests its parts too deeply.");
        }
#pragma warning disable CA1031 // Parser libraries throw anything at damaged input: whatever it is, the document is what is wrong.
        catch (Exception e)
#pragma warning restore CA1031
        {
            return Damaged(source, found, tool, builder, e);
        }
    }

    /// <summary>A document inside another one that could not even be taken out.</summary>
    public static ExtractedDocument Refused(string name, ExtractionOutcome outcome, string detail)
    {
        var claimed = MediaTypes.FromName(name);
        var source = new DocumentSource([], name, claimed);
        return Document(source, claimed ?? MediaTypes.Unknown, NoTool, BuiltText.Empty, outcome, detail);
    }

    /// <summary>What was read before the damage is kept where it holds text.</summary>
    private static ExtractedDocument Damaged(DocumentSource source, string found, Tool tool, DocumentBuilder builder, Exception cause)
    {
        var detail = $"{tool.Name} could not read on: {Cause(cause)}";
        var built = builder.Build();
        return built.HasLetters
            ? Document(source, found, tool, built, ExtractionOutcome.Partial, "Only a part of the document was read. " + detail)
            : Document(source, found, tool, Nothing(builder), ExtractionOutcome.Corrupt, detail);
    }

    private static string Cause(Exception e)
    {
        const int most = 300;
        var root = e is AggregateException or System.Reflection.TargetInvocationException && e.InnerException is { } inner ? inner : e;
        var message = root.Message.ReplaceLineEndings(" ");
        return message.Length > most ? message[..most] + "…" : message;
    }

    private static BuiltText Nothing(DocumentBuilder builder)
    {
        var built = builder.Build();
        return new(string.Empty, [.. built.Pages.Select(page => page with { Start = 0, End = 0 })], [], [], built.Warnings, built.Children, built.Encoding, built.Incomplete);
    }

    private static ExtractedDocument Document(
        DocumentSource source, string found, Tool tool, BuiltText built, ExtractionOutcome outcome, string detail) => new()
        {
            Name = source.Name,
            MediaType = found,
            ClaimedMediaType = source.ClaimedMediaType,
            Encoding = built.Encoding,
            Outcome = outcome,
            Problem = DocumentProblem.For(outcome, detail),
            Text = built.Text,
            TextSha256 = ExtractedDocument.HashOf(built.Text),
            Pages = built.Pages,
            Outline = built.Outline,
            Sentences = built.Sentences,
            Warnings = built.Warnings,
            Tool = tool.Name,
            ToolVersion = tool == NoTool ? tool.Version : $"{NoTool.Version}+{tool.Version}",
            Children = built.Children,
        };
}
