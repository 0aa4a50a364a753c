using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Pipeline.Documents;

namespace Pipeline.Cli.Extract;

/// <summary>One line of <c>pipeline extract --json</c>.</summary>
internal sealed record ExtractLine(
    string File,
    string? MediaType,
    string Outcome,
    DocumentProblem? Problem,
    IReadOnlyList<ExtractLinePage> Pages,
    int Characters,
    IReadOnlyList<string> Warnings,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Text)
{
    private static readonly ExtractLineJson Json = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    public static void Write(ExtractedFile file, bool withText, TextWriter output) =>
        output.WriteLine(JsonSerializer.Serialize(Of(file, withText), Json.ExtractLine));

    private static ExtractLine Of(ExtractedFile file, bool withText)
    {
        if (file.Document is not { } document)
        {
            var problem = new DocumentProblem("urn:pipeline:problem:unreadable-file", "The file cannot be opened", file.Error!);
            return new(file.Path, null, "unreadable", problem, [], 0, [], null);
        }

        var pages = document.Pages.Select(page => new ExtractLinePage(page.Number, page.Start, page.End, page.Outcome)).ToList();
        return new(
            file.Path, document.MediaType, document.Outcome.Name(), document.Problem, pages, document.Text.Length, document.Warnings,
            withText ? document.Text : null);
    }
}

/// <summary>A page in such a line: offsets are UTF-16 code units of the text, end exclusive.</summary>
internal sealed record ExtractLinePage(int Number, int Start, int End, PageOutcome Outcome);

[JsonSerializable(typeof(ExtractLine))]
internal sealed partial class ExtractLineJson : JsonSerializerContext;
