using System.Text.RegularExpressions;

namespace Pipeline.Models.Tokenization.Reading;

/// <summary>Compiles a regular expression written for Oniguruma, as tokenizer files have them.</summary>
internal static class PatternReader
{
    // A pattern comes with the model folder, from anybody: one that runs away must end.
    private static readonly TimeSpan MatchTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Compiles a pattern of this program's own; without the timeout, which costs a third of the speed.</summary>
    public static Regex CompileTrusted(string pattern) => new(pattern, RegexOptions.CultureInvariant | RegexOptions.Compiled, Regex.InfiniteMatchTimeout);

    public static Regex Compile(JsonSection section, string pattern)
    {
        try
        {
            return new Regex(OnigurumaPattern.ToDotNet(pattern), RegexOptions.CultureInvariant | RegexOptions.Compiled, MatchTimeout);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw new ModelFolderException(
                $"{section.Path}: the regular expression in \"{section.Name}\" is not supported ({e.Message}). Use a model whose tokeniser does without it.", e);
        }
    }
}
