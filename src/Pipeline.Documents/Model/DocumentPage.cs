namespace Pipeline.Documents;

/// <summary>
/// A page of a paged format, a slide, a sheet, a chapter or an entry of a container; formats without pages have one.
/// </summary>
/// <param name="Number">Counted from 1.</param>
/// <param name="Start">First UTF-16 code unit of the page in <see cref="ExtractedDocument.Text"/>.</param>
/// <param name="End">End of the page, exclusive. Separators between pages belong to no page.</param>
/// <param name="Outcome">What became of the page.</param>
/// <param name="Label">Name of a sheet, chapter or entry, or null.</param>
/// <param name="Reason">Why the outcome is not <see cref="PageOutcome.Ok"/>, or null.</param>
public sealed record DocumentPage(int Number, int Start, int End, PageOutcome Outcome, string? Label = null, string? Reason = null);
