namespace Pipeline.Models;

/// <summary>
/// The texts between which document and question are set (<c>document-qa.json</c> of the model folder). A folder without the file gets
/// the texts of the default model.
/// </summary>
public sealed record DocumentQaTexts
{
    public const string FileName = "document-qa.json";

    /// <summary>The texts the default model was trained with.</summary>
    public static DocumentQaTexts Default { get; } = new();

    /// <summary>The system message; "" for none.</summary>
    public string System { get; init; } = "You answer questions about a document. Use only the document. Answer in one short sentence.";

    public string DocumentPrefix { get; init; } = "Document:\n";

    public string DocumentSuffix { get; init; } = "\n\n";

    public string QuestionPrefix { get; init; } = "Question: ";

    /// <summary>Stands after the question when passages are repeated there.</summary>
    public string PassagesPrefix { get; init; } = "\nThe document says:\n";

    /// <summary>Stands before each repeated passage.</summary>
    public string PassagePrefix { get; init; } = "- ";

    public string PassageSeparator { get; init; } = "\n";

    /// <summary>Reads the folder's file; keys it lacks keep their default, unknown keys are ignored.</summary>
    internal static DocumentQaTexts Read(string folder)
    {
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
        {
            return Default;
        }

        using var document = JsonFile.ReadObject(path);
        var section = new JsonSection(path, "", document.RootElement);
        return new DocumentQaTexts
        {
            System = section.String("system") ?? Default.System,
            DocumentPrefix = section.String("documentPrefix") ?? Default.DocumentPrefix,
            DocumentSuffix = section.String("documentSuffix") ?? Default.DocumentSuffix,
            QuestionPrefix = section.String("questionPrefix") ?? Default.QuestionPrefix,
            PassagesPrefix = section.String("passagesPrefix") ?? Default.PassagesPrefix,
            PassagePrefix = section.String("passagePrefix") ?? Default.PassagePrefix,
            PassageSeparator = section.String("passageSeparator") ?? Default.PassageSeparator,
        };
    }
}
