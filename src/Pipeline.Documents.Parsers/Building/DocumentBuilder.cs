using System.Text;
using Pipeline.Documents.Parsers.Limits;
using Pipeline.Documents.Parsers.Segmentation;

namespace Pipeline.Documents.Parsers.Building;

/// <summary>
/// Collects a document's text block by block, page by page. Blocks are set apart by an empty line, rows and list items by a line end;
/// pages by an empty line.
/// </summary>
internal sealed class DocumentBuilder(TextBudget budget)
{
    private readonly StringBuilder text = new();
    private readonly List<DocumentPage> pages = [];
    private readonly List<OutlineEntry> outline = [];
    private readonly List<Block> blocks = [];
    private readonly List<string> warnings = [];
    private readonly List<ExtractedDocument> children = [];
    private readonly Dictionary<int, IReadOnlyList<TextSpan>> ready = [];
    private int pageStart;
    private string? pageLabel;
    private bool pageOpen;
    private string? incomplete;

    /// <summary>Pages finished so far.</summary>
    public IReadOnlyList<DocumentPage> Pages => pages;

    /// <summary>Documents inside this one.</summary>
    public IReadOnlyList<ExtractedDocument> Children => children;

    /// <summary>Length of the text so far.</summary>
    public int Length => text.Length;

    /// <summary>Encoding of the bytes, for formats that are text.</summary>
    public string? Encoding { get; set; }

    /// <summary>Whether a block was added to the open page.</summary>
    public bool PageHasText => text.Length > pageStart;

    public void StartPage(string? label = null)
    {
        if (text.Length > 0)
        {
            SeparateBy(2);
        }

        pageStart = text.Length;
        pageLabel = label;
        pageOpen = true;
    }

    public void EndPage(PageOutcome outcome = PageOutcome.Ok, string? reason = null)
    {
        pages.Add(new(pages.Count + 1, pageStart, text.Length, outcome, pageLabel, reason));
        pageOpen = false;
    }

    public void Paragraph(string content) => Add(BlockKind.Paragraph, content);

    public void ListItem(string content) => Add(BlockKind.ListItem, content);

    public void Heading(string content, int level)
    {
        if (Add(BlockKind.Heading, content) is { } block)
        {
            outline.Add(new(OneLine(block), Math.Max(1, level), block.Start, block.End));
        }
    }

    /// <summary>A table row; a row without any text is left out.</summary>
    public void Row(IEnumerable<string> cells)
    {
        var trimmed = cells.Select(cell => string.Join(' ', cell.Split(['\t', '\n', '\r'], StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)));
        Add(BlockKind.Row, string.Join('\t', trimmed).TrimEnd());
    }

    /// <summary>Text as it came: line ends stay, and the caller says where pages and headings are.</summary>
    public Block Verbatim(string content, BlockKind kind = BlockKind.Verbatim)
    {
        var start = text.Length;
        CharacterFilter.Append(text, content, keepLineEnds: true);
        budget.Add(text.Length - start);
        var block = new Block(kind, start, text.Length);
        blocks.Add(block);
        return block;
    }

    /// <summary>Marks a stretch of verbatim text as a heading.</summary>
    public void MarkHeading(string title, int level, int start, int end) => outline.Add(new(title, level, start, end));

    /// <summary>Adds a page over a stretch of verbatim text.</summary>
    public void MarkPage(int start, int end) => pages.Add(new(pages.Count + 1, start, end, PageOutcome.Ok));

    /// <summary>Adds a document that is inside this one: as a child, and its text as pages of this one.</summary>
    public void Child(ExtractedDocument child)
    {
        children.Add(child);
        if (child.Text.Length == 0)
        {
            AddUnread(child);
            return;
        }

        StartPage(child.Name);
        Heading(child.Name, 1);
        SeparateBy(2);
        var shift = text.Length;
        budget.Add(child.Text.Length);
        text.Append(child.Text);
        ready[blocks.Count] = [.. child.Sentences.Select(sentence => new TextSpan(sentence.Start + shift, sentence.End + shift))];
        blocks.Add(new(BlockKind.Verbatim, shift, text.Length));
        outline.AddRange(child.Outline.Select(entry => entry with { Level = entry.Level + 1, Start = entry.Start + shift, End = entry.End + shift }));
        AddPagesOf(child, shift);
        pageOpen = false;
        if (child.Outcome == ExtractionOutcome.Partial && child.Pages.All(page => page.Outcome is PageOutcome.Ok or PageOutcome.Empty or PageOutcome.Ocr))
        {
            MarkIncomplete($"{child.Name}: {child.Problem?.Detail}");
        }
    }

    /// <summary>Parts of the document are missing, although no page says so.</summary>
    public void MarkIncomplete(string reason)
    {
        incomplete ??= reason;
        Warn(reason);
    }

    public void Warn(string warning)
    {
        const int most = 100;
        if (warnings.Count < most)
        {
            warnings.Add(warning);
        }
    }

    /// <summary>Ends the open page, finds sentences and decides the outcome.</summary>
    public BuiltText Build()
    {
        if (pageOpen)
        {
            EndPage();
        }

        var content = text.ToString();
        var sentences = new List<TextSpan>();
        for (var i = 0; i < blocks.Count; i++)
        {
            if (ready.TryGetValue(i, out var found))
            {
                sentences.AddRange(found);
            }
            else
            {
                SentenceSegmenter.Append(content, blocks[i], sentences);
            }
        }

        return new(content, pages, outline, sentences, warnings, children, Encoding, incomplete);
    }

    /// <summary>Pictures, programs and empty files in a container do not make it incomplete; documents that fail do.</summary>
    private void AddUnread(ExtractedDocument child)
    {
        StartPage(child.Name);
        if (child.Outcome is ExtractionOutcome.Unsupported or ExtractionOutcome.Empty)
        {
            Warn($"{child.Name}: {child.Problem?.Detail}");
            EndPage(PageOutcome.Empty, child.Problem?.Detail);
        }
        else
        {
            EndPage(PageOutcome.Failed, child.Problem?.Detail);
        }
    }

    private void AddPagesOf(ExtractedDocument child, int shift)
    {
        for (var i = 0; i < child.Pages.Count; i++)
        {
            var page = child.Pages[i];
            var label = page.Label is null ? child.Name : $"{child.Name}: {page.Label}";
            // The entry's name stands on its first page.
            var start = i == 0 ? pageStart : page.Start + shift;
            pages.Add(page with { Number = pages.Count + 1, Start = start, End = page.End + shift, Label = label });
        }
    }

    private Block? Add(BlockKind kind, string content)
    {
        if (string.IsNullOrWhiteSpace(content))
        {
            return null;
        }

        var filtered = new StringBuilder(content.Length);
        CharacterFilter.Append(filtered, kind == BlockKind.Row ? content : content.AsSpan().Trim());
        if (filtered.Length == 0 || IsBlank(filtered))
        {
            return null;
        }

        if (PageHasText)
        {
            var close = kind is BlockKind.Row or BlockKind.ListItem && blocks.Count > 0 && blocks[^1].Kind == kind;
            SeparateBy(close ? 1 : 2);
        }

        var start = text.Length;
        text.Append(filtered);
        budget.Add(text.Length - start);
        var block = new Block(kind, start, text.Length);
        blocks.Add(block);
        return block;
    }

    private static bool IsBlank(StringBuilder value)
    {
        for (var i = 0; i < value.Length; i++)
        {
            if (!char.IsWhiteSpace(value[i]))
            {
                return false;
            }
        }

        return true;
    }

    private void SeparateBy(int lineEnds) => text.Append('\n', lineEnds);

    private string OneLine(Block block) =>
        string.Join(' ', text.ToString(block.Start, block.End - block.Start).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
