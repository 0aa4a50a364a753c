using System.Runtime.InteropServices;
using System.Text;
using Pipeline.Models.Tokenization.PreTokenization;

namespace Pipeline.Models.Tokenization.Bpe;

/// <summary>
/// Byte-pair encoding, exact in the ids it gives, in time that grows no faster than n log n with the longest stretch that merges could
/// join into one token, and linearly with the number of words.
/// </summary>
internal sealed class BpeModel
{
    private const char Metaspace = '\u2581';
    private readonly BpeVocabulary vocabulary;
    private readonly BpeOptions options;
    private readonly SymbolTable table;
    private readonly SymbolMerger merger;
    private readonly MergeBoundaries boundaries;
    private readonly WordCache cache = new();
    private readonly bool cutsAtMetaspace;

    public BpeModel(BpeVocabulary vocabulary, BpeOptions options, IReadOnlyDictionary<int, string> tokens)
    {
        this.vocabulary = vocabulary;
        this.options = options;
        table = new SymbolTable(vocabulary, options);
        merger = new SymbolMerger(vocabulary);
        boundaries = new MergeBoundaries(vocabulary, table, tokens);
        cutsAtMetaspace = !options.ByteLevel && !options.IgnoreMerges
            && vocabulary.TryGetId([Metaspace], out var mark) && boundaries.IsBoundaryBefore(mark);
    }

    public bool TryGetId(string token, out int id) => vocabulary.TryGetId(token, out id);

    /// <summary>A sink that turns pieces into tokens. Not safe from several threads; the model is.</summary>
    public IPieceSink CreateEncoder(TokenSink sink) => new Encoder(this, sink);

    /// <summary>The ids of one word, past the cache.</summary>
    internal int[] EncodeWord(ReadOnlySpan<char> word)
    {
        var symbols = new List<Symbol>();
        Encode(word, symbols);
        return [.. symbols.Select(symbol => symbol.Id)];
    }

    private void Encode(ReadOnlySpan<char> word, List<Symbol> symbols)
    {
        symbols.Clear();
        if (options.IgnoreMerges && TryWholeWord(word, out var id))
        {
            symbols.Add(new Symbol(id, 0, word.Length));
            return;
        }

        table.Fill(word, symbols);
        var row = CollectionsMarshal.AsSpan(symbols);
        var count = row.Length <= SymbolMerger.ShortRow ? merger.Merge(row) : MergeBetweenBoundaries(row);
        symbols.RemoveRange(count, symbols.Count - count);
    }

    private int MergeBetweenBoundaries(Span<Symbol> row)
    {
        var kept = 0;
        for (var start = 0; start < row.Length;)
        {
            var end = start + 1;
            while (end < row.Length && !boundaries.IsBoundary(row[end - 1].Id, row[end].Id))
            {
                end++;
            }

            var count = merger.Merge(row[start..end]);
            row.Slice(start, count).CopyTo(row[kept..]);
            kept += count;
            start = end;
        }

        return kept;
    }

    private bool TryWholeWord(ReadOnlySpan<char> word, out int id)
    {
        id = 0;
        if (!options.ByteLevel)
        {
            return vocabulary.TryGetId(word, out id);
        }

        if (word.Length > vocabulary.LongestToken)
        {
            return false;
        }

        var bytes = Encoding.UTF8.GetBytes(word.ToArray());
        var mapped = new char[bytes.Length];
        for (var i = 0; i < bytes.Length; i++)
        {
            mapped[i] = ByteAlphabet.ToChar(bytes[i]);
        }

        return vocabulary.TryGetId(mapped, out id);
    }

    private sealed class Encoder(BpeModel model, TokenSink sink) : IPieceSink
    {
        private readonly List<Symbol> symbols = [];

        public void Accept(in MappedText text, int start, int length)
        {
            if (!model.cutsAtMetaspace)
            {
                AcceptWord(text, start, length);
                return;
            }

            var span = text.Text.Span.Slice(start, length);
            var from = 0;
            while (from < span.Length)
            {
                var run = span[from..].IndexOfAnyExcept(Metaspace);
                var end = run < 0 ? -1 : span[(from + run)..].IndexOf(Metaspace);
                var to = end < 0 ? span.Length : from + run + end;
                AcceptWord(text, start + from, to - from);
                from = to;
            }
        }

        private void AcceptWord(in MappedText text, int start, int length)
        {
            var word = text.Text.Span.Slice(start, length);
            if (length > WordCache.MaximumWordLength)
            {
                model.Encode(word, symbols);
                Emit(CollectionsMarshal.AsSpan(symbols), text, start);
                return;
            }

            var tokens = model.cache.Find(word);
            if (tokens is null)
            {
                model.Encode(word, symbols);
                tokens = symbols.ToArray();
                model.cache.Keep(word, tokens);
            }

            Emit(tokens, text, start);
        }

        private void Emit(ReadOnlySpan<Symbol> tokens, in MappedText text, int start)
        {
            foreach (ref readonly var token in tokens)
            {
                sink.Add(token.Id, text, start + token.Start, start + token.End);
            }
        }
    }
}
