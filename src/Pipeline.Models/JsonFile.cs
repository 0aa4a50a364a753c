using System.Text.Json;

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
            using var stream = File.OpenRead(path);
            document = JsonDocument.Parse(stream, Options);
        }
        catch (JsonException e)
        {
            // The reader counts lines and bytes from 0.
            throw new ModelFolderException(
                $"{path} is not valid JSON: line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}. Correct the file, or fetch the model again.", e);
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
}
