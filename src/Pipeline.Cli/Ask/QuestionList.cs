using System.Text.Json;
using Pipeline.Workflows.Contracts;
using Pipeline.Workflows.Intake;

namespace Pipeline.Cli.Ask;

/// <summary>Questions from the command line and from a question-set file, in that order.</summary>
internal static class QuestionList
{
    /// <exception cref="CommandFailure">No question, or a file that is none; says what to do.</exception>
    /// <exception cref="PermanentProblemException">The questions break a rule of question sets.</exception>
    internal static IReadOnlyList<Question> Read(IReadOnlyList<string> texts, string? file)
    {
        List<Question> questions = [.. texts.Select(text => new Question(text))];
        if (file is not null)
        {
            questions.AddRange(ReadFile(file).Questions);
        }

        return questions.Count > 0
            ? QuestionRules.Complete(questions)
            : throw new CommandFailure("There is no question. Ask with --question \"…\", or give a question set with --questions FILE.json.");
    }

    private static QuestionSet ReadFile(string file)
    {
        try
        {
            var info = new FileInfo(file);
            if (info.Exists && info.Length > QuestionRules.MaxSetBytes)
            {
                throw new CommandFailure($"{file} has {info.Length:N0} bytes; a question set has at most {QuestionRules.MaxSetBytes:N0}.");
            }

            return JsonSerializer.Deserialize<QuestionSet>(File.ReadAllBytes(file), ContractJson.Strict) ?? throw new JsonException("it is null");
        }
        catch (JsonException e)
        {
            throw new CommandFailure($"{file} is no question set ({e.Message.TrimEnd('.')}). Expected: {{\"questions\":[{{\"id\":\"rent\",\"text\":\"What is the rent?\"}}]}}.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure($"The question set {file} cannot be read: {e.Message}");
        }
    }
}
