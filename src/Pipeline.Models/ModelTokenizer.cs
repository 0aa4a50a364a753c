using System.Text;
using System.Text.RegularExpressions;
using Pipeline.Models.Tokenization;
using Pipeline.Models.Tokenization.PreTokenization;
using Pipeline.Models.Tokenization.Reading;

namespace Pipeline.Models;

/// <summary>
/// The tokeniser of a model folder: gives the ids that Hugging Face tokenizers gives for its <c>tokenizer.json</c>. Byte-pair encodings,
/// byte-level and with byte fallback, are supported; anything else is refused by name. Safe from several threads.
/// </summary>
public sealed class ModelTokenizer
{
    private readonly TokenizerDefinition definition;
    private readonly HashSet<int> special;
    private readonly HashSet<int> control;
    private readonly AddedTokenMatcher rawMatcher;
    private readonly AddedTokenMatcher normalizedMatcher;

    internal ModelTokenizer(TokenizerDefinition definition)
        : this(definition, "")
    {
    }

    private ModelTokenizer(TokenizerDefinition definition, string template)
    {
        this.definition = definition;
        control = definition.AddedTokens
            .Where(token => token.Special || (!string.IsNullOrWhiteSpace(token.Content) && template.Contains(token.Content, StringComparison.Ordinal)))
            .Select(token => token.Id)
            .ToHashSet();
        special = definition.AddedTokens.Where(token => token.Special).Select(token => token.Id).ToHashSet();
        rawMatcher = new AddedTokenMatcher(definition.AddedTokens.Where(token => !token.Normalized));
        normalizedMatcher = new AddedTokenMatcher(definition.AddedTokens
            .Where(token => token.Normalized)
            .Select(token => token with { Content = definition.Normalizer?.Apply(MappedText.Of(token.Content.AsMemory(), 0, SectionStart.Continuation)).Text.ToString() ?? token.Content }));
    }

    /// <summary>How many tokens there are, added ones included. The model's head can have more rows.</summary>
    public int VocabSize => definition.Tokens.Count;

    /// <summary>Loads a <c>tokenizer.json</c>.</summary>
    /// <exception cref="ModelFolderException">The file is missing, wrong, or asks for something that is not supported (named).</exception>
    public static ModelTokenizer Load(string path) => new(TokenizerFileReader.Read(path));

    /// <summary>True for control tokens of the model, which <see cref="Encode"/> never gives.</summary>
    public bool IsSpecial(int id) => special.Contains(id);

    /// <summary>The id of an added token by its text, or of another as the vocabulary writes it; null if there is none.</summary>
    public int? FindId(string token)
    {
        ArgumentNullException.ThrowIfNull(token);
        return definition.AddedTokens.FirstOrDefault(added => added.Content == token) is { } found ? found.Id
            : definition.Model.TryGetId(token, out var id) ? id : null;
    }

    /// <summary>Encodes text of documents and users: no special token comes out, whatever the text says.</summary>
    public int[] Encode(string text) => Run(text, SectionStart.Text, allowSpecial: false, withRanges: false).Ids();

    /// <summary>As <see cref="Encode"/>, with the place of every token in <paramref name="text"/>.</summary>
    public TokenizedText EncodeWithOffsets(string text) => Run(text, SectionStart.Text, allowSpecial: false, withRanges: true).ToTokenizedText();

    /// <summary>Encodes text of a chat template: special tokens written in it become their ids.</summary>
    public int[] EncodeTemplate(string text) => Run(text, SectionStart.Text, allowSpecial: true, withRanges: false).Ids();

    /// <summary>As <see cref="EncodeTemplate"/>, between the special tokens that the tokeniser itself adds, such as a start of text.</summary>
    public int[] EncodeWithSpecialTokens(string text) => [.. definition.Prefix, .. EncodeTemplate(text), .. definition.Suffix];

    /// <summary>Turns ids into text. Ids without a token are left out; bytes that are no UTF-8 become U+FFFD.</summary>
    /// <param name="skipSpecial">Leaves special tokens out.</param>
    public string Decode(IEnumerable<int> ids, bool skipSpecial = true)
    {
        ArgumentNullException.ThrowIfNull(ids);
        var decoder = CreateDecoder(skipSpecial);
        var text = new StringBuilder();
        foreach (var id in ids)
        {
            text.Append(decoder.Append(id));
        }

        return text.Append(decoder.Flush()).ToString();
    }

    /// <summary>A decoder for one generation that gives text as tokens come.</summary>
    public TokenDecoder CreateDecoder(bool skipSpecial = true) => new(this, definition.Decoder, skipSpecial);

    /// <summary>
    /// The same tokeniser, which also keeps documents from becoming tokens that a chat template writes: some models mark turns of tools and
    /// thoughts with added tokens that are not flagged as special.
    /// </summary>
    internal ModelTokenizer WithControlTokens(string template) => new(definition, template);

    internal string? Token(int id) => definition.Tokens.GetValueOrDefault(id);

    internal TokenSink Run(string text, SectionStart before, bool allowSpecial, bool withRanges)
    {
        ArgumentNullException.ThrowIfNull(text);
        var sink = new TokenSink(withRanges);
        var encoder = definition.Model.CreateEncoder(sink);
        bool Allowed(AddedToken token) => allowSpecial || !control.Contains(token.Id);
        foreach (var section in Split(rawMatcher, text, Allowed))
        {
            if (section.Token is { } token)
            {
                sink.Add(token.Id, section.Start, section.Start + section.Length);
                continue;
            }

            var source = MappedText.Of(text.AsMemory(section.Start, section.Length), section.Start, section.Start == 0 ? before : SectionStart.Inside);
            var normalized = definition.Normalizer?.Apply(source) ?? source;
            foreach (var part in Split(normalizedMatcher, normalized.Text.Span, Allowed))
            {
                if (part.Token is { } normalizedToken)
                {
                    sink.Add(normalizedToken.Id, normalized, part.Start, part.Start + part.Length);
                    continue;
                }

                var piece = part.Length == normalized.Length ? normalized : normalized.Slice(part.Start, part.Length);
                Split(piece, encoder);
            }
        }

        return sink;
    }

    private void Split(in MappedText piece, IPieceSink encoder)
    {
        if (definition.PreTokenizer is null)
        {
            encoder.Accept(piece, 0, piece.Length);
            return;
        }

        try
        {
            definition.PreTokenizer.Split(piece, 0, piece.Length, encoder);
        }
        catch (RegexMatchTimeoutException e)
        {
            throw new ModelFolderException("A regular expression of the model's tokenizer.json takes too long on this text. Use another model.", e);
        }
    }

    private static List<AddedTokenSection> Split(AddedTokenMatcher matcher, ReadOnlySpan<char> text, Func<AddedToken, bool> allowed)
    {
        if (!matcher.IsEmpty)
        {
            return matcher.Split(text, allowed);
        }

        return text.IsEmpty ? [] : [new AddedTokenSection(null, 0, text.Length)];
    }
}
