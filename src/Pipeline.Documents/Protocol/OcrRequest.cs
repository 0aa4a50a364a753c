namespace Pipeline.Documents.Protocol;

/// <summary>How pages without a text layer are read.</summary>
/// <param name="Executable">Full path of <c>tesseract</c>.</param>
/// <param name="DataFolder">Value of <c>TESSDATA_PREFIX</c>, or null for the program's own.</param>
/// <param name="Languages">Languages in tesseract's notation, <c>eng+deu</c>.</param>
/// <param name="PageSeconds">Time for one page.</param>
/// <param name="Pages">Pages at most.</param>
/// <param name="MemoryBytes">Resident bytes of the program at most.</param>
public sealed record OcrRequest(
    string Executable, string? DataFolder, string Languages, double PageSeconds, int Pages, long MemoryBytes);
