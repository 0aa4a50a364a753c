using System.Text.Json;
using System.Text.Unicode;

namespace Pipeline.Models;

/// <summary>Reads a JSON file of a model folder; what is wrong with it is said with file and line.</summary>
internal static class JsonFile
{
    private static readonly JsonDocumentOptions Options = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = 64 };

    /// <exception cref="ModelFolderException">The file can't be read, is not JSON, or is not a JSON object.</exception>
    public static JsonDocument ReadObject(string path)
    {
        JsonDocument document;
        try
        {
            var content = File.ReadAllBytes(path).AsMemory();
            content = content.Span.StartsWith("\uFEFF"u8) ? content[3..] : content;
            if (!Utf8.IsValid(content.Span))
            {
                throw new ModelFolderException($"{path} is not valid UTF-8. Correct the file, or fetch the model again.");
            }

            CheckEscapes(content.Span);
            document = JsonDocument.Parse(content, Options);
        }
        catch (JsonException e)
        {
            // The reader counts lines and bytes from 0.
            throw new ModelFolderException(
                $"{path} is not valid JSON: line {(e.LineNumber ?? 0) + 1}, byte {e.BytePositionInLine + 1}. Correct the file, or fetch the model again.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new ModelFolderException($"{path} can't be read: {e.Message}", e);
        }

        if (document.RootElement.ValueKind != JsonValueKind.Object)
        {
            document.Dispose();
            throw new ModelFolderException($"{path} must hold a JSON object. Correct the file, or fetch the model again.");
        }

        return document;
    }

    // Half a surrogate pair, written as an escape, passes the parser and only fails when the string is taken.
    private static void CheckEscapes(ReadOnlySpan<byte> json)
    {
        if (json.IndexOf("\\ud"u8) < 0 && json.IndexOf("\\uD"u8) < 0)
        {
            return;
        }

        var reader = new Utf8JsonReader(json, new JsonReaderOptions { CommentHandling = Options.CommentHandling, AllowTrailingCommas = true, MaxDepth = Options.MaxDepth });
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped)
                {
                    reader.GetString();
                }
            }
        }
        catch (InvalidOperationException e)
        {
            var before = json[..(int)reader.TokenStartIndex];
            throw new JsonException("half a surrogate pair", path: null, before.Count((byte)'\n'), before.Length - before.LastIndexOf((byte)'\n') - 1, e);
        }
    }
}
